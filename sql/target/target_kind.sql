-- Unsupported relations under the name $1.$2, the table itself, a partition or a child: name, description, a hint, and
-- whether it is_no_table at all. No row where all of it is supported, or where there is nothing.
with recursive tree as (
    select c.oid, true as is_root
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname = $2
    union
    select i.inhrelid, false
      from tree
      join pg_inherits i on i.inhparent = tree.oid
), relation as (
    select tree.is_root, format('%I.%I', n.nspname, c.relname) as name, c.relkind, c.relpersistence, m.amname
      from tree
      join pg_class c on c.oid = tree.oid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_am m on m.oid = c.relam
)
select name, is_root, relkind not in ('r', 'p', 'f') as is_no_table,
       case relkind when 'v' then 'a view'
                    when 'm' then 'a materialized view'
                    when 'f' then 'a foreign table'
                    when 'S' then 'a sequence'
                    when 'i' then 'an index'
                    when 'I' then 'an index'
                    when 'c' then 'a composite type'
                    else case when relpersistence = 't' then 'a temporary table'
                              else format('a table of the access method %s', amname)
                          end
        end as kind,
       case when relkind in ('r', 'p') and relpersistence <> 't'
            then format('alter table %s set access method heap', name)
        end as remedy
  from relation
 where relkind not in ('r', 'p')
    or relpersistence = 't'
    or amname <> 'heap'
 order by not is_root, name
 limit 1
