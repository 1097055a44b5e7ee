-- The member $3 cannot list the chunks of the round $2 of the share $1, and lets another try. No row: there is no other that
-- is there and has not tried.
update tokenflex_etl.work_round r
   set filler = null, handed_on = r.handed_on || $3::bigint
 where r.share = $1
   and r.round = $2::bigint
   and r.filler = $3::bigint
   and r.filled_at is null
   and exists (select
                 from tokenflex_etl.work_host h
                where h.share = r.share
                  and h.round = r.round
                  and h.member_id <> $3::bigint
                  and h.member_id <> all (r.handed_on)
                  and h.left_at is null
                  and h.lease_until > clock_timestamp())
returning r.round
