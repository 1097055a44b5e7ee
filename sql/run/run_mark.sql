-- The run $1 is worked on for as long as this session lives: for one that does not hold the lock of its table meanwhile.
select pg_try_advisory_lock(hashtextextended('tokenflex-etl run ' || $1, 0)) as marked
