-- Records that the run $1 is about to request an export: under the name $2, with the body $3, for the reason $4. Committed
-- before the request, so that a run that is killed leaves the name to search for. The run's query is cleared.
update tokenflex_etl.run
   set source        = 'export',
       source_reason = $4,
       export_name   = $2,
       export_key    = null,
       remote        = null,
       submitted_at  = clock_timestamp(),
       requested_at  = clock_timestamp(),
       ready_at      = null,
       ready_ms      = null,
       asked_at      = null,
       body_hash     = encode(sha256(convert_to($3, 'UTF8')), 'hex')
 where run_id = $1::bigint
