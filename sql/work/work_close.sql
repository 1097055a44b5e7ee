-- Closes the round $2 of the share $1: nothing is left to do. Chunks that still wait follow a failed one, and are not begun.
with closed as (
    update tokenflex_etl.work_round
       set closed_at = clock_timestamp()
     where share = $1
       and round = $2::bigint
       and closed_at is null
 returning share, round
)
update tokenflex_etl.work w
   set state = 'not_begun', ended_at = clock_timestamp()
  from closed
 where w.share = closed.share
   and w.round = closed.round
   and w.state = 'waiting'
