-- The partitions of the table $1.$2, which is partitioned by ranges of one date: the days that each holds, the first and
-- the day after the last (null: without an end), and whether it is_whole: its rows are in itself, and it begins and ends
-- with a day. Without the default partition, and without one that is being detached.
with bound as (
    select c.relkind, regexp_match(pg_get_expr(c.relpartbound, c.oid),
                                   'FROM \((MINVALUE|''([^'']*)'')\) TO \((MAXVALUE|''([^'']*)'')\)') as parts
      from pg_class t
      join pg_namespace n on n.oid = t.relnamespace
      join pg_inherits i on i.inhparent = t.oid and not i.inhdetachpending
      join pg_class c on c.oid = i.inhrelid
     where n.nspname = $1
       and t.relname = $2
), part as (
    select relkind, parts[2]::timestamp as first, parts[4]::timestamp as last
      from bound
     where parts is not null
)
select first::date::text as first_day,
       (last + interval '1 day' - interval '1 microsecond')::date::text as end_day,
       relkind = 'r' and coalesce(first = first::date, true) and coalesce(last = last::date, true) as is_whole
  from part
 order by first nulls first
