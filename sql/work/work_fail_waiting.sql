-- Marks as failed the chunks of the round $2 of the share $1 that have failed on the host $3, because no other host is left to
-- try them: those that wait, and those that another host had taken before its lease expired.
update tokenflex_etl.work
   set state = 'failed', ended_at = clock_timestamp()
 where share = $1
   and round = $2::bigint
   and (state = 'waiting' or (state = 'running' and lease_until < clock_timestamp()))
   and failed_host = $3
