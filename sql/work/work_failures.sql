-- The chunks of the round $2 of the share $1 that failed, in their order.
select job, contract_number, window_start, window_end, coalesce(host, '') as host, error, error_kind
  from tokenflex_etl.work
 where share = $1
   and round = $2::bigint
   and state = 'failed'
 order by work_id
