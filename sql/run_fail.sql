-- A run that is over already stays as it is: a COMMIT whose answer was lost may have succeeded.
update tokenflex_etl.run
   set status      = 'failed',
       finished_at = clock_timestamp(),
       requests    = $2::bigint,
       error       = $3
 where run_id = $1::bigint
   and status = 'running'
