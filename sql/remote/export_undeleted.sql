-- The loaded export could not be deleted at the service, and so keeps its key; $2 are the run's requests with those that
-- tried.
update tokenflex_etl.run
   set requests        = $2::bigint,
       requests_export = requests_export + $2::bigint - requests
 where run_id = $1::bigint
