-- Which hosts other than $3 have joined the round $2 of the share $1 and are there.
select string_agg(distinct host, ', ' order by host) as hosts
  from tokenflex_etl.work_host
 where share = $1
   and round = $2::bigint
   and host <> $3
   and left_at is null
   and lease_until > clock_timestamp()
