-- The run $1 resumes the export that the run $2 (which may be $1) has requested.
update tokenflex_etl.run own
   set source        = 'export',
       source_reason = earlier.source_reason,
       export_name   = earlier.export_name,
       export_key    = earlier.export_key,
       remote        = null,
       submitted_at  = earlier.submitted_at,
       requested_at  = coalesce(earlier.requested_at, earlier.submitted_at),
       ready_at      = earlier.ready_at,
       ready_ms      = null,
       asked_at      = least(earlier.asked_at, earlier.started_at),
       body_hash     = earlier.body_hash
  from tokenflex_etl.run earlier
 where own.run_id = $1::bigint
   and earlier.run_id = $2::bigint
