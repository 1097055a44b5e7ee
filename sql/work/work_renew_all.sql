-- Renews, for $3 milliseconds, the lease of the member $1 itself and the leases of the chunks that it works on ($2: one
-- line each, work_id and claim). The row of a chunk that is being loaded is locked: it is left out, because no host can
-- take the chunk over meanwhile. Releases the requests that were reserved for the other chunks of the share's open
-- rounds whose leases have expired, even if no host has taken them over yet.
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
