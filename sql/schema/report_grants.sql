-- The statements that give the roles what they may do with the view $1.$2 now: for one that is to be made anew.
select format('grant %s on %I.%I to %s%s', a.privilege_type, n.nspname, c.relname,
              case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
              case when a.is_grantable then ' with grant option' else '' end)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace,
       aclexplode(c.relacl) a
 where n.nspname = $1
   and c.relname = $2
   and a.grantee <> c.relowner
 order by 1
