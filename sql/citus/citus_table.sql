-- How Citus has the table $1.$2: its kind (null: distributed by the hash of one column), that column with its collation
-- (null: without one). has_parts: the table has partitions or children, or is one. may_be_by: the column by which the
-- table could be distributed instead, contract_number or _row_key; Citus requires it in every unique index. No row:
-- Citus does not have the table.
select case when p.partmethod = 'n' and p.repmodel = 't' then 'a reference table of Citus'
            when p.partmethod = 'n' and p.colocationid > 0 then 'a single-shard table of Citus'
            when p.partmethod = 'n' then 'a coordinator table in the metadata of Citus'
            when p.partmethod <> 'h' then 'a Citus table distributed by range or by append'
        end as kind,
       case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey) end as column,
       case when l.collname <> 'default' then format('%I.%I', ln.nspname, l.collname) end as collation,
       case when exists (select
                           from pg_index i
                           join pg_attribute k on k.attrelid = i.indrelid and k.attname = 'contract_number'
                          where i.indrelid = c.oid and i.indisunique and k.attnum <> all (i.indkey))
            then '_row_key'
            else 'contract_number'
        end as may_be_by,
       c.relkind = 'p' or exists (select from pg_inherits i where c.oid in (i.inhparent, i.inhrelid)) as has_parts
  from pg_catalog.pg_dist_partition p
  join pg_class c on c.oid = p.logicalrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute a on a.attrelid = c.oid
                          and a.attname = case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey) end
  left join pg_collation l on l.oid = a.attcollation
  left join pg_namespace ln on ln.oid = l.collnamespace
 where n.nspname = $1
   and c.relname = $2
