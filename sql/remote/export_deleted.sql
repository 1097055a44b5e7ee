-- The loaded export is deleted at the service, which took a request more: $2 are those of the run. No run looks for it
-- any more, nor for the export of the runs from which it was resumed.
update tokenflex_etl.run r
   set export_name     = null,
       export_key      = null,
       requests        = case when r.run_id = own.run_id then $2::bigint else r.requests end,
       requests_export =
           case when r.run_id = own.run_id then r.requests_export + $2::bigint - r.requests else r.requests_export end
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and r.export_name = own.export_name
