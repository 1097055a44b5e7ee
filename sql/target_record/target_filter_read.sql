-- By which filter the rows of the table $1.$2 and the contract $3 were asked for; categories one a line. No row where none
-- is remembered.
select f.job, f.filter, f."where", array_to_string(f.usage_categories, E'\n') as usage_categories
  from tokenflex_etl.target t
  join tokenflex_etl.target_filter f on f.target_id = t.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and f.contract_number = $3
