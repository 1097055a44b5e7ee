-- The views, be they materialized, that read the view $1.$2, in words: dependents is null where there is none.
select string_agg(distinct format('%s.%s', vn.nspname, v.relname), ', ') as dependents
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.classid = 'pg_rewrite'::regclass
  join pg_rewrite r on r.oid = d.objid
  join pg_class v on v.oid = r.ev_class and v.oid <> c.oid
  join pg_namespace vn on vn.oid = v.relnamespace
 where n.nspname = $1
   and c.relname = $2
