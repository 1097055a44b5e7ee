-- Ends the chunk $1 of the claim $2: $3 its state, $4 its run, $5 to $7 why it failed. No row: another host has taken it over.
update tokenflex_etl.work
   set state       = $3,
       run_id      = coalesce(nullif($4::bigint, 0), run_id),
       error       = $5,
       error_kind  = $6,
       error_hint  = nullif($7, ''),
       lease_until = null,
       ended_at    = clock_timestamp()
 where work_id = $1::bigint
   and claim = $2::integer
   and state = 'running'
