-- An export of the contract $1 that no run will load any more, and that is still at the service: its rows are in the
-- table, but its run ended before it could delete it; or it cannot be loaded (it has no name then); or it is too old
-- to be resumed (remote_find.sql). Not one of the run $2, nor one that a running run uses. If its run has finished less than a
-- quarter of an hour ago, that run may still be about to delete it.
select run_id, export_key
  from tokenflex_etl.run left_over
 where contract_number = $1
   and run_id <> $2::bigint
   and export_key is not null
   and ((status = 'succeeded' or export_name is null) and finished_at < clock_timestamp() - interval '15 minutes'
        or coalesce(requested_at, submitted_at) < clock_timestamp() - interval '12 hours')
   and not exists (select
                     from tokenflex_etl.run other
                    where other.export_key = left_over.export_key
                      and (other.status = 'running' or other.run_id = $2::bigint))
 order by run_id
 limit 1
