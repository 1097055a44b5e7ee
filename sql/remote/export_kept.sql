-- Exports that no run will load any more, and that could not be deleted at the service. Each is listed once, with the
-- newest run that has its key. An export that a running run uses is not listed.
select distinct on (export_key) job, contract_number, run_id, export_key
  from tokenflex_etl.run kept
 where export_key is not null
   and (status = 'succeeded' or (status = 'failed' and export_name is null))
   and not exists (select
                     from tokenflex_etl.run other
                    where other.export_key = kept.export_key
                      and other.status = 'running')
 order by export_key, run_id desc
