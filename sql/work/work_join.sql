-- The process $4 of the host $3 joins the round $2 of the share $1, for $5 milliseconds at first.
insert into tokenflex_etl.work_host (share, round, host, pid, lease_until)
values ($1, $2::bigint, $3, $4::integer, clock_timestamp() + $5::bigint * interval '1 millisecond')
returning member_id
