-- The service has made the export: $2 is its request key.
update tokenflex_etl.run
   set export_key = $2
 where run_id = $1::bigint
