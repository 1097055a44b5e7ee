-- Records that the loaded export of the run $1 was deleted at the service: it is removed from this run and from those from
-- which it was resumed. $2: all requests of the run, with those for the deletion.
update tokenflex_etl.run r
   set export_name     = null,
       export_key      = null,
       requests        = case when r.run_id = own.run_id then $2::bigint else r.requests end,
       requests_export =
           case when r.run_id = own.run_id then r.requests_export + $2::bigint - r.requests else r.requests_export end
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and r.export_name = own.export_name
