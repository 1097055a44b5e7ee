-- The rounds of the share $1 (of the task $2 alone; null: of all) that are not over, else the newest, with the hosts that are
-- there and how far the chunks are. Moments are milliseconds since 1970.
with rounds as (
    select *, row_number() over (order by round desc) as age
      from tokenflex_etl.work_round
     where share = $1
       and ($2::text is null or task = $2)
), shown as (
    select * from rounds where closed_at is null or (age = 1 and not exists (select from rounds where closed_at is null))
)
select shown.round, shown.task,
       floor(1000 * extract(epoch from shown.opened_at))::bigint as opened_ms,
       floor(1000 * extract(epoch from shown.closed_at))::bigint as closed_ms,
       present.hosts, far.*
  from shown
 cross join lateral (select string_agg(host || ' (process ' || pid || ')', E'\n' order by member_id) as hosts
                       from tokenflex_etl.work_host h
                      where h.share = shown.share
                        and h.round = shown.round
                        and h.left_at is null
                        and h.lease_until > clock_timestamp()) present
 cross join lateral (select count(*) filter (where state = 'waiting') as waiting,
                            count(*) filter (where state = 'running') as running,
                            count(*) filter (where state = 'succeeded') as succeeded,
                            count(*) filter (where state = 'skipped') as skipped,
                            count(*) filter (where state = 'failed') as failed,
                            count(*) filter (where state = 'not_begun') as not_begun
                       from tokenflex_etl.work w
                      where w.share = shown.share
                        and w.round = shown.round) far
 order by shown.round
