-- The statements that give the new partition $1.$3 of the table $1.$2 its owner, row security and privileges.
with parent as (
    select c.relowner, c.relacl, c.relrowsecurity, format('%I.%I', n.nspname, $3::text) as name
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname = $2
)
select 1 as place, format('alter table %s owner to %I', name, pg_get_userbyid(relowner)) as statement
  from parent
 where pg_get_userbyid(relowner) <> current_user
   and pg_has_role(relowner, 'usage')
union all
select 2, format('alter table %s enable row level security', name)
  from parent
 where relrowsecurity
union all
select 3, format('grant %s on table %s to %s%s', a.privilege_type, name,
                 case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                 case when a.is_grantable then ' with grant option' else '' end)
  from parent, aclexplode(parent.relacl) a
 where a.grantee <> parent.relowner
 order by place, statement
