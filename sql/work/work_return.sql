-- Returns the chunk $1 of the claim $2, so that it waits for a host again. $3: the host on which it failed, and $4 to $6 why;
-- null: its host stops.
update tokenflex_etl.work
   set state       = 'waiting',
       lease_until = null,
       failed_host = coalesce($3, failed_host),
       error       = coalesce($4, error),
       error_kind  = coalesce($5, error_kind),
       error_hint  = coalesce(nullif($6, ''), error_hint)
 where work_id = $1::bigint
   and claim = $2::integer
   and state = 'running'
