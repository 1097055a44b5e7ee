-- Finds the views of the schema $1 that `init --reports` has made, and that do not read exactly those of their tables
-- that exist now: since then one was created or renamed, or its history was set aside.
-- $2: for each view its name and the names of all tables that it can read, one per line; an empty line between views.
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
