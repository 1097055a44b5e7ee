-- For as long as this session lives the runs of the invocation $1 count as being worked on: run_mark_lost.sql and run_list.sql look.
select pg_try_advisory_lock_shared(hashtextextended('tokenflex-etl invocation ' || $1, 0)) as taken
