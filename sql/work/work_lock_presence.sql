-- A lock held while this session lives: it tells run_mark_lost.sql and run_list.sql that a process works on the runs of the
-- invocation $1.
select pg_try_advisory_lock_shared(hashtextextended('tokenflex-etl invocation ' || $1, 0)) as taken
