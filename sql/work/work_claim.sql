-- Takes one of the chunks $1 (work_ids, one a line, the preferred first) for the member $2 of the host $3, for $4 milliseconds:
-- the first that is still free. A chunk whose lease has expired is taken over: its run has failed, so that its query or
-- export is resumed, and the requests that were reserved for it are free again. No row: others were faster.
with free as (
    select w.work_id, w.run_id, w.state, w.host
      from unnest(string_to_array($1, E'\n')::bigint[]) with ordinality as wanted (work_id, place)
      join tokenflex_etl.work w using (work_id)
     where w.state = 'waiting'
        or (w.state = 'running' and w.lease_until < clock_timestamp())
     order by wanted.place
     limit 1
       for update of w skip locked
), taken as (
    update tokenflex_etl.work w
       set state       = 'running',
           host        = $3,
           member_id   = $2::bigint,
           claim       = w.claim + 1,
           claimed_at  = clock_timestamp(),
           lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond',
           run_id      = null
      from free
     where w.work_id = free.work_id
 returning w.work_id, w.claim
), ended as (
    update tokenflex_etl.run r
       set status      = 'failed',
           finished_at = clock_timestamp(),
           error       = format('host %s has taken the chunk over: the lease of process %s on %s had expired', $3, r.pid, r.host),
           error_kind  = 'died'
      from free
     where r.run_id = free.run_id
       and r.status = 'running'
 returning r.run_id
), freed as (
    delete from tokenflex_etl.request_reservation
     using ended
     where application like 'tokenflex-etl % run ' || ended.run_id
)
select taken.work_id, taken.claim, case when free.state = 'running' then free.host end as taken_from,
       (select count(*) from ended) as runs_ended
  from taken
  join free on free.work_id = taken.work_id
