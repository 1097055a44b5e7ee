-- Chunks of the round $2 of the share $1 that failed on the host $3, and that no other host is there to try: they have failed.
update tokenflex_etl.work
   set state = 'failed', ended_at = clock_timestamp()
 where share = $1
   and round = $2::bigint
   and state = 'waiting'
   and failed_host = $3
