-- Of views of the schema $1, those which `init --reports` has made and which read other tables of their schema than those
-- that exist: one was made since, or renamed, or its history was set aside. $2: the name of each view
-- and below it those of the tables that it reads or may read, one a line; an empty line between two views.
select v.relname as name
  from (select string_to_array(view, E'\n') as words from unnest(string_to_array($2, E'\n\n')) as view) asked
  join pg_namespace n on n.nspname = $1
  join pg_class v on v.relnamespace = n.oid and v.relname = asked.words[1] and v.relkind = 'v'
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
                        and c.relname = any (asked.words[2:])) present
 where read.tables is distinct from present.tables
   and obj_description(v.oid, 'pg_class') like '%Made by tokenflex-etl init --reports.'
