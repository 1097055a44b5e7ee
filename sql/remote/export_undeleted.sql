-- Records that the loaded export of the run $1 could not be deleted at the service: it keeps its key. $2: all requests of the
-- run, with those that tried it.
update tokenflex_etl.run
   set requests        = $2::bigint,
       requests_export = requests_export + $2::bigint - requests
 where run_id = $1::bigint
