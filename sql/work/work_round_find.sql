-- The newest round of the share $1 and the task $2 that is not over. is_old: a later night should open one of its own.
select r.round, r.invocation_id, r.today, array_to_string(r.facts, E'\n') as facts, r.filled_at is not null as is_filled,
       r.opened_at < clock_timestamp() - interval '12 hours' as is_old,
       coalesce(present.hosts, '') as hosts
  from tokenflex_etl.work_round r
 cross join lateral (select string_agg(distinct h.host, ', ') as hosts
                       from tokenflex_etl.work_host h
                      where h.share = r.share
                        and h.round = r.round
                        and h.left_at is null
                        and h.lease_until > clock_timestamp()) present
 where r.share = $1
   and r.task = $2
   and r.closed_at is null
 order by r.round desc
 limit 1
