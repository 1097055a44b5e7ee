-- The chunks of the round $2 of the share $1 that a host works on, and those that failed, in their order. lease_ms: milliseconds
-- since 1970.
select job, contract_number, window_start, window_end, state, host, error,
       floor(1000 * extract(epoch from lease_until))::bigint as lease_ms
  from tokenflex_etl.work
 where share = $1
   and round = $2::bigint
   and state in ('running', 'failed')
 order by work_id
