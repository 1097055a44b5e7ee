-- How privileges on the table $1.$3 differ from those on $1.$2: whether one is to be granted (else revoked), the column
-- (null: the whole table), the role, and whether with grant option. Those to be revoked come first.
with the_table as (
    select c.oid, c.relname, c.relacl, c.relowner
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname in ($2, $3)
), held as (
    select c.relname, null::name as attname, a.grantee, a.privilege_type, bool_or(a.is_grantable) as is_grantable
      from the_table c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
     group by 1, 2, 3, 4
    union all
    select c.relname, t.attname, a.grantee, a.privilege_type, bool_or(a.is_grantable)
      from the_table c
      join pg_attribute t on t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped,
           aclexplode(t.attacl) a
     group by 1, 2, 3, 4
), before as (
    select attname, grantee, privilege_type, is_grantable
      from held
     where relname = $2
       and (attname is null or attname in (select t.attname
                                             from the_table c
                                             join pg_attribute t on t.attrelid = c.oid
                                            where c.relname = $3
                                              and not t.attisdropped))
), now as (
    select attname, grantee, privilege_type, is_grantable from held where relname = $3
), change as (
    select false as is_granted, * from (table now except table before) revoked
    union all
    select true, * from (table before except table now) granted
)
select is_granted, privilege_type as privilege, attname as column,
       case grantee when 0 then 'public' else pg_get_userbyid(grantee) end as role, is_grantable as with_grant_option
  from change
 order by is_granted, attname nulls first, grantee, privilege_type
