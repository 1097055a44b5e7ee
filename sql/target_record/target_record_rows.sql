-- Where the rows of the runs $1 (numbers, one a line) are: into how many tables they went, what the table is called now
-- (null: it is gone; meaningless if there are several), and how many rows were read.
select count(distinct r.target_id) as tables, max(t.schema_name) as schema, max(t.table_name) as table,
       coalesce(sum(r.rows_read), 0) as rows_read
  from tokenflex_etl.run r
  left join tokenflex_etl.target t on t.target_id = r.target_id
                                  and exists (select
                                                from pg_class c
                                                join pg_namespace n on n.oid = c.relnamespace
                                               where n.nspname = t.schema_name
                                                 and c.relname = t.table_name)
 where r.run_id = any (string_to_array($1, E'\n')::bigint[])
