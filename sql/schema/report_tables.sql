-- Which of the tables $2 (one name a line) the schema $1 has, in their order.
select name,
       exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = $1
                  and c.relname = wanted.name
                  and c.relkind in ('r', 'p')) as exists
  from unnest(string_to_array($2, E'\n')) with ordinality as wanted (name, place)
 order by place
