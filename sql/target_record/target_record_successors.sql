-- What is remembered of tables that are to replace another one, in the columns of target_record_read.sql: a runner is
-- loading it, or was ended before it finished.
select schema_name as schema, table_name as table, job, rebuilds, array_to_string(grain, E'\n') as grain,
       array_to_string(key, E'\n') as key, array_to_string(columns, E'\n') as columns, windowed, comments
  from tokenflex_etl.target
 where rebuilds is not null
 order by schema_name, table_name
