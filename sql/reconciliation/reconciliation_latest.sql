-- The judged figures of the last comparison of each table and contract, where that was within $1 days.
select r.job, r.contract_number, r.usage_month, r.usage_category, trim_scale(r.loaded) as loaded,
       trim_scale(r.service) as service, trim_scale(r.difference) as difference, r.status
  from (select contract_number, schema_name, table_name, max(checked_at) as checked_at
          from tokenflex_etl.reconciliation
         group by contract_number, schema_name, table_name) newest
  join tokenflex_etl.reconciliation r using (contract_number, schema_name, table_name, checked_at)
 where r.status in ('equal', 'differs', 'moved_on')
   and r.checked_at > clock_timestamp() - $1::integer * interval '1 day'
 order by r.job, r.contract_number, r.usage_month, r.contract_year, r.usage_category
