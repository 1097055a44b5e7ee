-- For each of the tables $1 (one per line) of the current schema: why the rows of the contract $2 are not what the shipped
-- job loads (problem), and other remarks about them (remark). Each text begins with the table's name; null: nothing.
select string_agg(table_name || ' ' || shipped_problem, '; ' order by table_name) as problem,
       string_agg(table_name || ' ' || remark, '; ' order by table_name) filter (where shipped_problem is null) as remark
  from tokenflex_etl.usage_table
 where schema_name = current_schema()
   and table_name = any (string_to_array($1, E'\n'))
   and contract_number = $2
