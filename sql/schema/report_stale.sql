-- Whether the view $1.$2, which `init --reports` has made, reads other tables of its schema than those of $3 (one name a line)
-- that exist: one was made since, or renamed, or its history was set aside. No row where there is no such view.
select read.tables is distinct from present.tables as is_stale
  from pg_class v
  join pg_namespace n on n.oid = v.relnamespace
 cross join lateral (select array_agg(distinct c.oid order by c.oid) as tables
                       from pg_rewrite r
                       join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                                       and d.refclassid = 'pg_class'::regclass
                       join pg_class c on c.oid = d.refobjid and c.relnamespace = v.relnamespace and c.relkind in ('r', 'p')
                      where r.ev_class = v.oid) read
 cross join lateral (select array_agg(c.oid order by c.oid) as tables
                       from pg_class c
                      where c.relnamespace = v.relnamespace
                        and c.relkind in ('r', 'p')
                        and c.relname = any (string_to_array($3, E'\n'))) present
 where n.nspname = $1
   and v.relname = $2
   and v.relkind = 'v'
   and obj_description(v.oid, 'pg_class') like '%Made by tokenflex-etl init --reports.'
