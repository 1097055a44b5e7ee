-- Renews the lease of the chunk $1, of the claim $2, for $3 milliseconds. No row: another host has taken it over.
update tokenflex_etl.work
   set lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
 where work_id = $1::bigint
   and claim = $2::integer
   and state = 'running'
