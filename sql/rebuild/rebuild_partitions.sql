-- The partitions of the table $1.$2 that are in its schema: name, and the first day and the day after the last where it
-- has both.
with part as (
    select c.relname, regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']*)''\) TO \(''([^'']*)''\)') as bounds
      from pg_class t
      join pg_namespace n on n.oid = t.relnamespace
      join pg_inherits i on i.inhparent = t.oid
      join pg_class c on c.oid = i.inhrelid and c.relnamespace = n.oid
     where n.nspname = $1
       and t.relname = $2
)
select relname as name, bounds[1]::date::text as first_day, bounds[2]::date::text as end_day
  from part
 where bounds is not null
 order by relname
