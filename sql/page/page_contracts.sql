-- The contracts of which the current schema holds rows, by the tool's run history.
select distinct r.contract_number
  from tokenflex_etl.target t
  join tokenflex_etl.run r on r.target_id = t.target_id and (r.status = 'succeeded' or r.skip_reason is not null)
  join pg_namespace n on n.nspname = t.schema_name
  join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
 where t.rebuilds is null
   and t.schema_name = current_schema()
