-- The columns of a table in their order: name, type and comment. Of a domain, the type that it restricts. No row where there
-- is no such table.
with recursive typed as (
    select a.attrelid, a.attnum, a.attname, a.atttypid as type, a.atttypmod as modifier
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname = $2
       and c.relkind in ('r', 'p')
       and a.attnum > 0
       and not a.attisdropped
    union all
    select typed.attrelid, typed.attnum, typed.attname, t.typbasetype, t.typtypmod
      from typed
      join pg_type t on t.oid = typed.type and t.typtype = 'd'
)
select typed.attname as name, format_type(typed.type, typed.modifier) as type,
       col_description(typed.attrelid, typed.attnum) as comment
  from typed
  join pg_type t on t.oid = typed.type and t.typtype <> 'd'
 order by typed.attnum
