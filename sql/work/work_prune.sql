-- Rounds of the share $1 that were over 30 days ago are deleted, with all that is known of them.
with old as (
    delete from tokenflex_etl.work_round
     where share = $1
       and closed_at < clock_timestamp() - interval '30 days'
 returning share, round
), hosts as (
    delete from tokenflex_etl.work_host h
     using old
     where h.share = old.share
       and h.round = old.round
)
delete from tokenflex_etl.work w
 using old
 where w.share = old.share
   and w.round = old.round
