-- Where the rows of the table $1.$2 are. is_declared: it is partitioned. has_children: other tables inherit from it.
-- column: the only column of the partition key, a date or timestamp, by ranges (null: the key is something else).
-- key: the whole partition key; key_columns: its columns, one per line (null: expressions are among them).
-- default_partition: null if there is none. may_add: our role may add partitions. has_citus: of the database. No row
-- if there is no such table.
select c.relkind = 'p' as is_declared,
       exists (select from pg_inherits i where i.inhparent = c.oid) as has_children,
       case when p.partstrat = 'r' and p.partnatts = 1 and a.atttypid in ('date'::regtype, 'timestamp'::regtype)
            then a.attname
        end as column,
       pg_get_partkeydef(c.oid) as key,
       case when 0 <> all (p.partattrs::int2[])
            then (select string_agg(k.attname, E'\n' order by o.place)
                    from unnest(p.partattrs::int2[]) with ordinality as o (attnum, place)
                    join pg_attribute k on k.attrelid = c.oid and k.attnum = o.attnum)
        end as key_columns,
       case when d.oid is not null then format('%I.%I', dn.nspname, d.relname) end as default_partition,
       pg_has_role(c.relowner, 'usage') and has_schema_privilege(n.oid, 'create') as may_add,
       to_regclass('pg_catalog.pg_dist_partition') is not null as has_citus
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_partitioned_table p on p.partrelid = c.oid
  left join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0] and p.partattrs[0] > 0
  left join pg_class d on d.oid = p.partdefid
  left join pg_namespace dn on dn.oid = d.relnamespace
 where n.nspname = $1
   and c.relname = $2
   and c.relkind in ('r', 'p')
