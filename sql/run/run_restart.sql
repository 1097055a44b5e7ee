-- Records that the run $1 requests its rows again, because those that it has fetched are not loaded.
update tokenflex_etl.run
   set requested_at = null, asked_at = null, submitted_at = null, ready_at = null, ready_ms = null
 where run_id = $1::bigint
