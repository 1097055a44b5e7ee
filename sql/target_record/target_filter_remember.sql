-- Remembers the filter of the table $1.$2 and the contract $3, where none is remembered yet: $4 job, $5 its normal form, $6
-- the condition (may be null), $7 the categories, one a line.
insert into tokenflex_etl.target_filter (target_id, contract_number, job, filter, "where", usage_categories)
select target_id, $3, $4, $5, $6, string_to_array($7, E'\n')
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
on conflict do nothing
