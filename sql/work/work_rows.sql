-- All chunks of the round $2 of the share $1, in their order. claim: how often a host has taken it. lease_left_ms: of a
-- running one; below zero if its lease has expired.
select work_id, job, contract_number, state, host, failed_host, claim,
       floor(1000 * extract(epoch from lease_until - clock_timestamp()))::bigint as lease_left_ms
  from tokenflex_etl.work
 where share = $1
   and round = $2::bigint
 order by work_id
