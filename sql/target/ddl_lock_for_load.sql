-- As ddl_lock.sql. The wait may take as long as the load of another one that makes a table, and ends with the job's timeout.
select set_config('lock_timeout', '0', true),
       pg_advisory_xact_lock(hashtextextended('tokenflex-etl ddl ' || $1, 0)),
       set_config('lock_timeout', before.lock_timeout, true)
  from (select current_setting('lock_timeout') as lock_timeout offset 0) before
