-- Exports that no run will load any more, and that are still at the service since deleting them has failed: each once,
-- by the newest run that knows it, oldest first. Never one that a run is at work on.
select distinct on (export_key) job, contract_number, run_id, export_key
  from tokenflex_etl.run kept
 where export_key is not null
   and (status = 'succeeded' or (status = 'failed' and export_name is null))
   and not exists (select
                     from tokenflex_etl.run other
                    where other.export_key = kept.export_key
                      and other.status = 'running')
 order by export_key, run_id desc
