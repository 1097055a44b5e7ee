-- The tablespace of the table $1.$2, where its partitions go too; null: the default.
select s.spcname as tablespace
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_tablespace s on s.oid = c.reltablespace
 where n.nspname = $1
   and c.relname = $2
