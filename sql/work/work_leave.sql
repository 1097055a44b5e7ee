-- The member $1 ends. What it could not return goes with its leases.
update tokenflex_etl.work_host
   set left_at = clock_timestamp()
 where member_id = $1::bigint
