-- Exports of ours that the service may still be making: no run has seen their file or discarded them. No export takes
-- longer than a day.
select count(*) as outstanding
  from (select export_key
          from tokenflex_etl.run
         where export_key is not null
           and export_name is not null
         group by export_key
        having count(ready_at) = 0
           and max(submitted_at) > clock_timestamp() - interval '1 day') outstanding
