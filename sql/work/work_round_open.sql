-- Opens a round of the share $1 for the task $2, with the facts $3, one a line. Rounds of the same task that no host is at
-- work on are given up.
with idle as (
    select r.share, r.round
      from tokenflex_etl.work_round r
     where r.share = $1
       and r.task = $2
       and r.closed_at is null
       and not exists (select
                         from tokenflex_etl.work_host h
                        where h.share = r.share
                          and h.round = r.round
                          and h.left_at is null
                          and h.lease_until > clock_timestamp())
), given_up as (
    update tokenflex_etl.work_round r
       set closed_at = clock_timestamp()
      from idle
     where r.share = idle.share
       and r.round = idle.round
), left_over as (
    update tokenflex_etl.work w
       set state = 'not_begun', ended_at = clock_timestamp()
      from idle
     where w.share = idle.share
       and w.round = idle.round
       and w.state in ('waiting', 'running')
)
insert into tokenflex_etl.work_round (share, round, task, today, facts)
select $1, coalesce(max(round), 0) + 1, $2, (clock_timestamp() at time zone 'UTC')::date, string_to_array($3, E'\n')
  from tokenflex_etl.work_round
 where share = $1
returning round, invocation_id, today
