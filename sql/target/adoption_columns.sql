-- The columns of the table $1.$2 in their order: name, type, and whether it is_required: a row that has no value of it is
-- refused.
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as is_required
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1
   and c.relname = $2
   and a.attnum > 0
   and not a.attisdropped
 order by a.attnum
