-- The statements that grant on the view $1.$2 what is granted now: for a view that is dropped and made again.
select format('grant %s on %I.%I to %s%s', a.privilege_type, n.nspname, c.relname,
              case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
              case when a.is_grantable then ' with grant option' else '' end) as statement
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace,
       aclexplode(c.relacl) a
 where n.nspname = $1
   and c.relname = $2
   and a.grantee <> c.relowner
 order by 1
