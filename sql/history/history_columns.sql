-- The columns of the table $1.$2, in their order, and those of $1.$3: name, and the type in either (null: it has none).
with attribute as (
    select c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) as type,
           case when a.attcollation <> y.typcollation then quote_ident(n2.nspname) || '.' || quote_ident(k.collname) end as collation
      from pg_namespace n
      join pg_class c on c.relnamespace = n.oid and c.relname in ($2, $3)
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type y on y.oid = a.atttypid
      left join pg_collation k on k.oid = a.attcollation
      left join pg_namespace n2 on n2.oid = k.collnamespace
     where n.nspname = $1
)
select coalesce(t.attname, h.attname) as name, t.type as table_type, h.type as history_type, t.collation
  from (select * from attribute where relname = $2) t
  full join (select * from attribute where relname = $3) h using (attname)
 order by t.attnum nulls last, h.attnum
