-- The tables that keep old versions, if they exist and our role may delete from them.
select k.schema_name, k.history_table, k.table_name
  from tokenflex_etl.target_history k
  join pg_namespace n on n.nspname = k.schema_name
  join pg_class h on h.relnamespace = n.oid and h.relname = k.history_table and h.relkind in ('r', 'p')
 where has_schema_privilege(n.oid, 'usage')
   and has_table_privilege(h.oid, 'delete')
 order by k.schema_name, k.history_table
