-- Ends the member $1. Chunks that it could not return become free when their leases expire.
update tokenflex_etl.work_host
   set left_at = clock_timestamp()
 where member_id = $1::bigint
