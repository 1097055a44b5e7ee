-- The result is there; $2: milliseconds from submit, null where the service had it at once.
update tokenflex_etl.run
   set ready_at = clock_timestamp(), ready_ms = $2::bigint
 where run_id = $1::bigint
