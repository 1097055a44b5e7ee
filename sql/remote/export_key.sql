-- Stores the request key $2 of the export of the run $1: the service has accepted the request.
update tokenflex_etl.run
   set export_key = $2
 where run_id = $1::bigint
