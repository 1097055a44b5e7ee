-- The views that use the column $3 of the table $1.$2: name and definition.
select distinct format('%I.%I', n.nspname, v.relname) as name, pg_get_viewdef(v.oid) as definition
  from pg_class t
  join pg_namespace tn on tn.oid = t.relnamespace
  join pg_attribute a on a.attrelid = t.oid and a.attname = $3
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and d.refobjsubid = a.attnum
                  and d.classid = 'pg_rewrite'::regclass
  join pg_rewrite r on r.oid = d.objid
  join pg_class v on v.oid = r.ev_class and v.oid <> t.oid
  join pg_namespace n on n.oid = v.relnamespace
 where tn.nspname = $1
   and t.relname = $2
 order by 1
