-- Records that the export of the run $1, and of the runs from which it was resumed, cannot be used any more.
update tokenflex_etl.run r
   set export_name = null,
       export_key  = null
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and (r.export_name = own.export_name or r.export_key = own.export_key)
