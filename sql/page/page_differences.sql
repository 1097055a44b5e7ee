-- The figures of the last comparison of each table of the current schema that differ from the service's own totals of the
-- contract $1, the newest months first.
with newest as (
    select table_name, max(checked_at) as checked_at
      from tokenflex_etl.reconciliation
     where contract_number = $1
       and schema_name = current_schema()
     group by table_name
)
select table_name, to_char(r.usage_month, 'YYYY-MM') as month, coalesce(r.usage_category, 'all') as usage_category, r.loaded,
       r.service, r.difference, replace(r.status, '_', ' ') as status
  from newest
  join tokenflex_etl.reconciliation r using (table_name, checked_at)
 where r.contract_number = $1
   and r.schema_name = current_schema()
   and r.status in ('differs', 'moved_on')
 order by r.usage_month desc, table_name, r.usage_category nulls first
 limit 40
