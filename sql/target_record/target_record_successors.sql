-- What is remembered of tables that were made to take another one's place, as target_record_read.sql has it: a runner is
-- at it, or was ended before it was done.
select schema_name as schema, table_name as table, job, rebuilds, array_to_string(grain, E'\n') as grain,
       array_to_string(key, E'\n') as key, array_to_string(columns, E'\n') as columns, windowed, comments
  from tokenflex_etl.target
 where rebuilds is not null
 order by schema_name, table_name
