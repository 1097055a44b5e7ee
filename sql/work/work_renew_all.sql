-- Renews, for $3 milliseconds, what the member $1 says of itself, and the leases of the chunks that it works on: $2, a line
-- each, work_id and claim. One that is locked is being loaded, so that nobody can take it over.
with member as (
    update tokenflex_etl.work_host
       set lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
     where member_id = $1::bigint
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
