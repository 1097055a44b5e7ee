-- Runs whose runner is gone: nobody holds the lock that each of them holds as long as its runner lives.
update tokenflex_etl.run
   set status      = 'failed',
       finished_at = clock_timestamp(),
       error       = format('the runner (process %s on %s) ended without finishing', pid, host)
 where status = 'running'
   and case
           when status = 'running' then
               pg_try_advisory_xact_lock(
                   hashtextextended('tokenflex-etl ' || target || ' ' || left(contract_number, 100), 0))
       end
returning run_id
