-- What keeps the table $1.$2 from being replaced: the problem in words, a hint what to do, and the definition of the
-- object where that may have to be made again. $3: the columns that the new table will have, one a line; $4 and $5 (may
-- be null): names that nothing else may have; $6: whether partitions are no obstacle, since the new table has them too.
with old as (
    select c.oid, c.reltype, c.relowner, c.relkind, c.relrowsecurity, c.relispartition
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text
       and c.relname = $2::text
), dependent as (
    select v.oid, v.relkind, v.relowner, format('%s.%s', n.nspname, v.relname) as name,
           array_agg(distinct a.attname::text) filter (where a.attname <> all (string_to_array($3, E'\n'))) as missing
      from old
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = old.oid
                      and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite r on r.oid = d.objid and r.ev_class <> old.oid
      join pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
      join pg_namespace n on n.oid = v.relnamespace
      left join pg_attribute a on a.attrelid = old.oid and a.attnum = d.refobjsubid and d.refobjsubid > 0
     group by v.oid, n.nspname
), other_dependent as (
    -- Excludes parts of the table, what is reported below, and the function TABLE_as_of of the table's history.
    select distinct d.classid, d.objid, d.objsubid
      from old
      left join pg_type row on row.oid = old.reltype
      join pg_depend d on d.deptype = 'n'
                      and (d.refclassid = 'pg_class'::regclass and d.refobjid = old.oid
                           or d.refclassid = 'pg_type'::regclass and d.refobjid in (row.oid, row.typarray))
     where d.classid not in ('pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_publication_rel'::regclass,
                             'pg_statistic_ext'::regclass)
       and not exists (select from pg_inherits i where d.classid = 'pg_class'::regclass and i.inhrelid = d.objid)
       and not exists (select from pg_index i
                        where d.classid = 'pg_class'::regclass and i.indexrelid = d.objid and i.indrelid = old.oid)
       and not exists (select from pg_attrdef a
                        where d.classid = 'pg_attrdef'::regclass and a.oid = d.objid and a.adrelid = old.oid)
       and not exists (select from pg_policy p
                        where d.classid = 'pg_policy'::regclass and p.oid = d.objid and p.polrelid = old.oid)
       and not exists (select from pg_rewrite r
                         join pg_class v on v.oid = r.ev_class
                        where d.classid = 'pg_rewrite'::regclass
                          and r.oid = d.objid
                          and (v.oid = old.oid or v.relkind in ('v', 'm')))
       and not exists (select from pg_proc p
                         join pg_namespace n on n.oid = p.pronamespace
                        where d.classid = 'pg_proc'::regclass
                          and p.oid = d.objid
                          and n.nspname = $1::text
                          and p.proname = $2::text || '_as_of')
)
select format('it belongs to the role %s', pg_get_userbyid(relowner)) as problem,
       'run as that role, or as one that is a member of it' as hint, null as definition
  from old
 where not pg_has_role(relowner, 'usage')
union all
select format('the role %s may not create tables in schema %s', current_user, $1::text),
       'grant it create on the schema', null
 where not has_schema_privilege($1::text, 'create')
union all
select 'it is partitioned in a way that the new table will not be, inherits or is inherited from',
       'replace the table by a plain one, or by one that is partitioned by months or years of the window''s date', null
  from old
 where (relkind <> 'r' and not $6::boolean)
    or relispartition
    or exists (select from pg_inherits i where i.inhrelid = old.oid)
    or (relkind = 'r' and exists (select from pg_inherits i where i.inhparent = old.oid))
union all
select format('it has row-level security%s, without which its readers would see more',
              (select ' (' || string_agg('policy ' || polname, ', ' order by polname) || ')'
                 from pg_policy where polrelid = old.oid)),
       'revoke the readers'' privileges, drop the policies and disable row-level security; run with --rebuild again; then'
       ' restore policies, row-level security and privileges',
       null
  from old
 where relrowsecurity
    or exists (select from pg_policy where polrelid = old.oid)
union all
select format('the foreign key %s of %s.%s is on it', k.conname, n.nspname, c.relname),
       'drop it, run with --rebuild again, then create it again', pg_get_constraintdef(k.oid)
  from old
  join pg_constraint k on k.contype = 'f' and k.conparentid = 0 and old.oid in (k.conrelid, k.confrelid)
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
union all
select format('%s depends on it', pg_describe_object(classid, objid, objsubid)),
       'drop it, run with --rebuild again, then create it again',
       -- An aggregate has no such definition: PostgreSQL refuses to print one.
       case when classid = 'pg_proc'::regclass
            then (select pg_get_functiondef(p.oid) from pg_proc p where p.oid = objid and p.prokind <> 'a')
            when classid = 'pg_rewrite'::regclass then pg_get_ruledef(objid)
        end
  from other_dependent
union all
select format('the materialized view %s reads it', name),
       'drop it, run with --rebuild again, then create it again', pg_get_viewdef(oid)
  from dependent
 where relkind = 'm'
union all
select format('the view %s reads its %s %s, which the new table will not have', name,
              case cardinality(missing) when 1 then 'column' else 'columns' end, array_to_string(missing, ', ')),
       'drop it, run with --rebuild again, then create one that does without', pg_get_viewdef(oid)
  from dependent
 where relkind = 'v'
   and missing is not null
union all
select format('the view %s reads it and belongs to the role %s', name, pg_get_userbyid(relowner)),
       'run as a member of that role, or drop the view, run with --rebuild again, then create it again',
       pg_get_viewdef(oid)
  from dependent
 where relkind = 'v'
   and missing is null
   and not pg_has_role(relowner, 'usage')
union all
select format('a table or view %s.%s is in the way', $1::text, c.relname), 'rename it', null
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1::text
   and c.relname in ($4::text, $5::text)
