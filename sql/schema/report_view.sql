-- Whether $1.$2 is a view that `init --reports` has made, as its comment tells. No row where nothing has this name.
select c.relkind = 'v' and coalesce(obj_description(c.oid, 'pg_class'), '') like '%Made by tokenflex-etl init --reports.'
           as is_ours
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1
   and c.relname = $2
