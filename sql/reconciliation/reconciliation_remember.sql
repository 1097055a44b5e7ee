-- One comparison of the contract $1 and the table $2.$3, which the job $4 loads, by the invocation $5; $6: after the months
-- that differed were loaded again. $7 to $13: one value a line, an empty one is null.
insert into tokenflex_etl.reconciliation
       (checked_at, contract_number, schema_name, table_name, job, invocation_id, was_reloaded,
        usage_month, contract_year, usage_category, loaded, service, difference, status)
select clock.now, $1, $2, $3, $4, $5::uuid, $6::boolean, l.*
  from (select clock_timestamp() as now offset 0) clock
 cross join unnest(string_to_array($7, E'\n')::date[], string_to_array($8, E'\n', '')::integer[],
                   string_to_array($9, E'\n', ''), string_to_array($10, E'\n')::numeric[],
                   string_to_array($11, E'\n')::numeric[], string_to_array($12, E'\n')::numeric[],
                   string_to_array($13, E'\n')) as l
