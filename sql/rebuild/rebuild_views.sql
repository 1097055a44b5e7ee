-- The views that read the table $1.$2 themselves: schema, name, owner, options and definition.
select n.nspname as schema, v.relname as name, pg_get_userbyid(v.relowner) as owner,
       array_to_string(v.reloptions, ', ') as options, pg_get_viewdef(v.oid) as definition
  from pg_class v
  join pg_namespace n on n.oid = v.relnamespace
 where v.relkind = 'v'
   and v.oid in (select r.ev_class
                   from pg_class c
                   join pg_namespace s on s.oid = c.relnamespace
                   join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
                                   and d.classid = 'pg_rewrite'::regclass
                   join pg_rewrite r on r.oid = d.objid
                  where s.nspname = $1
                    and c.relname = $2)
 order by n.nspname, v.relname
