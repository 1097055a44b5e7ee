-- The lock by which runners create tables in one schema one after the other; it is held until the transaction ends. $2: whether
-- a load waits for it. The wait may take as long as another run's load that creates a table; it ends with the job's
-- timeout, not with lock_timeout.
select set_config('lock_timeout', case when $2::boolean then '0' else before.lock_timeout end, true),
       pg_advisory_xact_lock(hashtextextended('tokenflex-etl ddl ' || $1, 0)),
       set_config('lock_timeout', before.lock_timeout, true)
  from (select current_setting('lock_timeout') as lock_timeout offset 0) before
