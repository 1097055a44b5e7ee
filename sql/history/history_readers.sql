-- The roles that may read the table $1.$2, and do not have the same privilege on its history $3, or on the function $4.
with object as (
    select t.relowner, t.relacl as table_acl, h.relacl as history_acl, f.proacl as function_acl
      from pg_namespace n
      join pg_class t on t.relnamespace = n.oid and t.relname = $2
      join pg_class h on h.relnamespace = n.oid and h.relname = $3
      join pg_proc f on f.pronamespace = n.oid and f.proname = $4
                    and f.pronargs = 1 and f.proargtypes[0] = 'timestamptz'::regtype
     where n.nspname = $1
), reader as (
    select distinct a.grantee, object.*
      from object, aclexplode(object.table_acl) a
     where a.privilege_type = 'SELECT'
       and a.grantee <> object.relowner
), lack as (
    select grantee,
           not exists (select from aclexplode(history_acl) a where a.grantee = reader.grantee and a.privilege_type = 'SELECT')
               as lacks_history,
           function_acl is not null
           and not exists (select from aclexplode(function_acl) a where a.grantee in (0, reader.grantee)) as lacks_function
      from reader
)
select case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role, lacks_history, lacks_function
  from lack
 where lacks_history
    or lacks_function
 order by grantee
