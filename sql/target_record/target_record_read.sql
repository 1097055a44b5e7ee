-- What is remembered of the table $1.$2; lists of names one a line. No row where the tool did not make it.
select schema_name as schema, table_name as table, job, rebuilds, array_to_string(grain, E'\n') as grain,
       array_to_string(key, E'\n') as key, array_to_string(columns, E'\n') as columns, windowed, comments
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
