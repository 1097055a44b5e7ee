-- Assigns the member $3 to list the chunks of the round $2 of the share $1, unless they are listed already, another member
-- with a valid lease is listing them, or this member has handed the list on and one is there that has not tried. is_ours: the member has to list them. is_over: the round was closed.
with taken as (
    update tokenflex_etl.work_round r
       set filler = $3::bigint
     where r.share = $1
       and r.round = $2::bigint
       and r.filled_at is null
       and r.closed_at is null
       and not exists (select
                         from tokenflex_etl.work_host h
                        where h.member_id = r.filler
                          and h.member_id <> $3::bigint
                          and h.left_at is null
                          and h.lease_until > clock_timestamp())
       and not ($3::bigint = any (r.handed_on)
                and exists (select
                              from tokenflex_etl.work_host h
                             where h.share = r.share
                               and h.round = r.round
                               and h.member_id <> all (r.handed_on)
                               and h.left_at is null
                               and h.lease_until > clock_timestamp()))
 returning r.round
)
select r.filled_at is not null as is_filled, r.closed_at is not null as is_over,
       exists (select from taken) as is_ours, array_to_string(r.asked, E'\n') as asked
  from tokenflex_etl.work_round r
 where r.share = $1
   and r.round = $2::bigint
