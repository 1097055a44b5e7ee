-- The chunks of the round $2 of the share $1, in their order.
select work_id, job, contract_number, window_start, window_end, chunk, chunks, requests_before
  from tokenflex_etl.work
 where share = $1
   and round = $2::bigint
 order by work_id
