-- The names of the indexes of the table $1.$2.
select c.relname as name
  from pg_class t
  join pg_namespace n on n.oid = t.relnamespace
  join pg_index i on i.indrelid = t.oid
  join pg_class c on c.oid = i.indexrelid
 where n.nspname = $1
   and t.relname = $2
 order by name
