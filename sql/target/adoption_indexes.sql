-- The unique indexes of the table $1.$2 that apply to every row and are checked at once (not partial, not deferrable):
-- their columns, one per line. tell_all: rows with nulls are unique too.
select string_agg(a.attname, E'\n' order by k.place) as columns,
       i.indnullsnotdistinct or bool_and(a.attnotnull) as tell_all
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
  join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
 where n.nspname = $1
   and c.relname = $2
   and i.indisunique
   and i.indimmediate
   and i.indisvalid
   and i.indpred is null
   and i.indexprs is null
   and k.place <= i.indnkeyatts
 group by i.indexrelid, i.indnullsnotdistinct
 order by i.indexrelid
