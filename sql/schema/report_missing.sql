-- Of the tables $2 (one name a line) those that schema $1 does not have, in their order.
select name
  from unnest(string_to_array($2, E'\n')) with ordinality as wanted (name, place)
 where not exists (select
                     from pg_class c
                     join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = $1
                      and c.relname = wanted.name
                      and c.relkind in ('r', 'p'))
 order by place
