-- What the run $1 has fetched is not loaded: it asks from the start.
update tokenflex_etl.run
   set requested_at = null, asked_at = null, submitted_at = null, ready_at = null, ready_ms = null
 where run_id = $1::bigint
