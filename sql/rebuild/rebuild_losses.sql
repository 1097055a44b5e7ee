-- What of the table $1.$2 a new one will not have: loss, in words, and its definition where it has one. $3: the columns
-- that the new table will have, one a line.
with old as (
    select c.oid, c.relkind, c.relpersistence, c.reltablespace, c.relreplident
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text
       and c.relname = $2::text
), own_index as (
    select i.indexrelid
      from old
      join pg_index i on i.indrelid = old.oid and i.indisunique
      join pg_attribute a on a.attrelid = old.oid and a.attnum = any (i.indkey) and a.attname = '_row_key'
)
select case count(*) when 1 then 'column ' else 'columns ' end || string_agg(a.attname, ', ' order by a.attnum) as loss,
       null as definition
  from old
  join pg_attribute a on a.attrelid = old.oid and a.attnum > 0 and not a.attisdropped
 where a.attname <> all (string_to_array($3, E'\n'))
having count(*) > 0
union all
select format('constraint %s', k.conname), pg_get_constraintdef(k.oid)
  from old
  join pg_constraint k on k.conrelid = old.oid and k.contype in ('c', 'p', 'u', 'x')
union all
select format('index %s', c.relname), pg_get_indexdef(c.oid)
  from old
  join pg_index i on i.indrelid = old.oid
  join pg_class c on c.oid = i.indexrelid
 where i.indexrelid not in (select indexrelid from own_index)
   and not exists (select from pg_constraint k where k.conindid = c.oid and k.conrelid = old.oid)
union all
select format('trigger %s', t.tgname), pg_get_triggerdef(t.oid)
  from old
  join pg_trigger t on t.tgrelid = old.oid and not t.tgisinternal
union all
select format('rule %s', r.rulename), pg_get_ruledef(r.oid)
  from old
  join pg_rewrite r on r.ev_class = old.oid
union all
select format('statistics %s', s.stxname), pg_get_statisticsobjdef(s.oid)
  from old
  join pg_statistic_ext s on s.stxrelid = old.oid
union all
select format('column default of %s', a.attname), pg_get_expr(d.adbin, d.adrelid)
  from old
  join pg_attrdef d on d.adrelid = old.oid
  join pg_attribute a on a.attrelid = old.oid and a.attnum = d.adnum
 where a.attname = any (string_to_array($3, E'\n'))
union all
select format('%s of column %s', setting, a.attname), null
  from old
  join pg_attribute a on a.attrelid = old.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
 cross join lateral (values
    ('the property not null', a.attnotnull and a.attname not in ('contract_number', 'window_start', 'window_end', '_row_key',
                                                                 '_run_id', '_synced_at')),
    ('the statistics target', coalesce(a.attstattarget, -1) <> -1),
    ('the storage', a.attstorage <> t.typstorage),
    ('the compression method', a.attcompression <> ''),
    ('the options', a.attoptions is not null)) as changed (setting, is_set)
 where is_set
   and a.attname = any (string_to_array($3, E'\n'))
union all
select format('index %s of partition %s', i.indexrelid::regclass, p.relid), pg_get_indexdef(i.indexrelid)
  from old
 cross join pg_partition_tree(old.oid) p
  join pg_index i on i.indrelid = p.relid
  join pg_class c on c.oid = i.indexrelid and not c.relispartition
 where old.relkind = 'p'
   and p.relid <> old.oid
union all
select format('membership in the publication %s', p.pubname), null
  from old
  join pg_publication_rel r on r.prrelid = old.oid
  join pg_publication p on p.oid = r.prpubid
union all
select format('default partition %s', d.relname), null
  from old
  join pg_partitioned_table p on p.partrelid = old.oid
  join pg_class d on d.oid = p.partdefid
union all
select 'the replica identity, which is not the default', null from old where relreplident <> 'd'
union all
select 'the property UNLOGGED', null from old where relpersistence = 'u'
union all
select format('tablespace %s', s.spcname), null from old join pg_tablespace s on s.oid = old.reltablespace
