-- The current history of the table $1.$2, if there is one: its name, and the grain, API names one a line.
select k.history_table, array_to_string(k.grain, E'\n') as grain
  from tokenflex_etl.target_history k
  join pg_namespace n on n.nspname = k.schema_name
  join pg_class h on h.relnamespace = n.oid and h.relname = k.history_table and h.relkind in ('r', 'p')
 where k.schema_name = $1
   and k.table_name = $2
   and k.ended_at is null
