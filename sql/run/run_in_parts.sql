-- Records that the run $1 fetches its rows by a query for each part of its window, for the reason $2, and has no export.
update tokenflex_etl.run
   set source        = 'query',
       source_reason = $2,
       export_name   = null,
       export_key    = null
 where run_id = $1::bigint
