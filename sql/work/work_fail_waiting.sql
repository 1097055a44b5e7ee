-- Chunks of the round $2 of the share $1 that failed on the host $3, and that no other host is there to try: they have
-- failed. So have those that another host had taken when it ended.
update tokenflex_etl.work
   set state = 'failed', ended_at = clock_timestamp()
 where share = $1
   and round = $2::bigint
   and (state = 'waiting' or (state = 'running' and lease_until < clock_timestamp()))
   and failed_host = $3
