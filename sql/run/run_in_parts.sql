-- The rows of the run $1 come by a query for each part of its window, for the reason $2: no export was made.
update tokenflex_etl.run
   set source        = 'query',
       source_reason = $2,
       export_name   = null,
       export_key    = null
 where run_id = $1::bigint
