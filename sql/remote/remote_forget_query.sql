-- Records that the query of the run $1, and of the runs from which it was resumed, cannot be used any more.
update tokenflex_etl.run r
   set remote = null
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and r.job = own.job
   and r.contract_number = own.contract_number
   and r.remote = own.remote
