-- The columns of a table in their order: name, type and comment. No row where there is no such table.
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, col_description(c.oid, a.attnum) as comment
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1
   and c.relname = $2
   and c.relkind in ('r', 'p')
   and a.attnum > 0
   and not a.attisdropped
 order by a.attnum
