-- Renews the lease of the chunk $1, of the claim $2, for $3 milliseconds. No row: another host has taken it over. A chunk
-- that the claim has loaded needs no lease: what is left of it is to delete its export.
update tokenflex_etl.work
   set lease_until = case when state = 'running' then clock_timestamp() + $3::bigint * interval '1 millisecond'
                          else lease_until
                     end
 where work_id = $1::bigint
   and claim = $2::integer
   and state in ('running', 'succeeded')
