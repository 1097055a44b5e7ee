-- The last comparison of each table of the current schema with the service's own totals of the contract $1: how many figures
-- were judged, and their sum. A figure is judged if its month is over and completely loaded.
with newest as (
    select table_name, max(checked_at) as checked_at
      from tokenflex_etl.reconciliation
     where contract_number = $1
       and schema_name = current_schema()
     group by table_name
)
select case when count(*) filter (where r.status <> 'equal') > 0 then 'alarm' else 'item' end as kind,
       table_name,
       to_char(min(r.usage_month), 'YYYY-MM') as first_month,
       to_char(max(r.usage_month), 'YYYY-MM') as last_month,
       count(*) as figures,
       count(*) filter (where r.status <> 'equal') as differences,
       sum(r.loaded) as loaded, sum(r.service) as service, sum(r.difference) as difference,
       to_char(checked_at at time zone 'UTC', 'YYYY-MM-DD') as checked_on
  from newest
  join tokenflex_etl.reconciliation r using (table_name, checked_at)
 where r.contract_number = $1
   and r.schema_name = current_schema()
   and r.status in ('equal', 'differs', 'moved_on')
 group by table_name, checked_at
 order by table_name
