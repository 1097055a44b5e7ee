-- Stores that the run $3 works on the chunk $1, if the chunk still belongs to the claim $2.
update tokenflex_etl.work
   set run_id = $3::bigint
 where work_id = $1::bigint
   and claim = $2::integer
   and state = 'running'
