-- What goes by the name $1.$2: whether it is a view that `init --reports` has made, as its comment tells. No row where
-- there is nothing.
select c.relkind = 'v' and coalesce(obj_description(c.oid, 'pg_class'), '') like '%Made by tokenflex-etl init --reports.'
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1
   and c.relname = $2
