-- The lock by which runners add partitions to the table $1.$2 one after the other; it is held until the transaction ends. The
-- wait may take as long as another run's load, and ends with the job's timeout.
select set_config('lock_timeout', '0', true),
       pg_advisory_xact_lock(hashtextextended(format('tokenflex-etl partitions %I.%I', $1::text, $2::text), 0)),
       set_config('lock_timeout', before.lock_timeout, true)
  from (select current_setting('lock_timeout') as lock_timeout offset 0) before
