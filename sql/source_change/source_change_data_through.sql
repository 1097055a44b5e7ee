-- The latest day with usage according to the service's newest answers, by contract and usage category.
select contract_number, usage_category, max(last_usage_date) as last_usage_date
  from tokenflex_etl.source_change
 where is_listed
   and last_usage_date is not null
 group by contract_number, usage_category
 order by contract_number, usage_category
