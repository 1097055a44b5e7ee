-- The rows that the run $1 has fetched are not loaded: the run requests them again.
update tokenflex_etl.run
   set requested_at = null, asked_at = null, submitted_at = null, ready_at = null, ready_ms = null
 where run_id = $1::bigint
