-- Renews, for $3 milliseconds, what the member $1 says of itself, and the leases of the chunks that it works on: $2, a line
-- each, work_id and claim. One that is locked is being loaded, so that nobody can take it over. What hosts whose leases have
-- expired had reserved of the request budget is free again, also if nobody has taken their chunks over yet.
with member as (
    update tokenflex_etl.work_host
       set lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
     where member_id = $1::bigint
), expired as (
    select w.run_id
      from tokenflex_etl.work_host h
      join tokenflex_etl.work_round r on r.share = h.share and r.closed_at is null
      join tokenflex_etl.work w on w.share = r.share and w.round = r.round
     where h.member_id = $1::bigint
       and w.state = 'running'
       and w.lease_until < clock_timestamp()
       and not exists (select from unnest(string_to_array($2, E'\n')) as line where split_part(line, ' ', 1)::bigint = w.work_id)
), freed as (
    delete from tokenflex_etl.request_reservation
     using expired
     where application like 'tokenflex-etl % run ' || expired.run_id
), own as (
    select w.work_id
      from unnest(string_to_array($2, E'\n')) as line
      join tokenflex_etl.work w on w.work_id = split_part(line, ' ', 1)::bigint and w.claim = split_part(line, ' ', 2)::integer
     where w.state = 'running'
       for update of w skip locked
)
update tokenflex_etl.work w
   set lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
  from own
 where w.work_id = own.work_id
