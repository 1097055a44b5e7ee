-- Publications that make updates or deletes of the table $1.$2 fail, or of one of its partitions or children. This is so if the
-- relation has no replica identity, if a publication's column list lacks a column of the replica identity, or if a
-- publication's row filter reads other columns (pg_depend does not distinguish these from those of the column list). The
-- columns are those of target_interceptors.sql.
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
    select tree.oid, tree.is_root, format('%I.%I', n.nspname, c.relname) as name
      from tree
      join pg_class c on c.oid = tree.oid
      join pg_namespace n on n.oid = c.relnamespace
), column_list as (
    select r.prpubid, r.prrelid, named.name as of_table, array_agg(a.attname) as columns
      from pg_publication_rel r
      join relation named on named.oid = r.prrelid
      join pg_attribute a on a.attrelid = r.prrelid and a.attnum = any (r.prattrs)
     group by r.prpubid, r.prrelid, named.name
), row_filter as (
    select r.prpubid, r.prrelid, array_agg(a.attname) as columns
      from pg_publication_rel r
      join relation named on named.oid = r.prrelid
     cross join regexp_matches(r.prqual::text, ':varattno ([0-9]+)', 'g') read (number)
      join pg_attribute a on a.attrelid = r.prrelid and a.attnum = read.number[1]::int
     group by r.prpubid, r.prrelid
)
select 'publication' as kind,
       format('the publication %s, which needs a replica identity of %s', string_agg(p.pubname, ', ' order by p.pubname),
              relation.name)
           || case when bool_or(list.is_there) then ' and no list of its columns' else '' end as words,
       coalesce(string_agg(format('alter publication %1$I drop table %2$s; alter publication %1$I add table %2$s; ', p.pubname,
                                  list.of_table), '' order by p.pubname) filter (where list.is_there), '')
           || format('alter table %s replica identity full', relation.name) as remedy
  from relation
  join pg_class c on c.oid = relation.oid
  join pg_publication p on p.pubupdate or p.pubdelete
  left join lateral (select array_agg(a.attname) as columns
                       from pg_index i
                       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                      where i.indrelid = c.oid
                        and case c.relreplident when 'd' then i.indisprimary
                                                when 'i' then i.indisreplident
                                                else false
                            end) identity on true
  left join lateral (select true as is_there, l.of_table
                       from column_list l
                      where l.prpubid = p.oid
                        and l.prrelid in (c.oid, (select oid from relation where is_root))
                        and (identity.columns is null or not l.columns @> identity.columns)
                      limit 1) list on true
  left join lateral (select true as is_there
                       from row_filter f
                      where f.prpubid = p.oid
                        and f.prrelid in (c.oid, (select oid from relation where is_root))
                        and not f.columns <@ identity.columns
                      limit 1) filter on true
 where c.relkind = 'r'
   and c.relpersistence = 'p'
   and case c.relreplident
       when 'f' then list.is_there
       else identity.columns is null or list.is_there or filter.is_there
       end
   and (p.puballtables
        or exists (select
                     from pg_publication_tables published
                    where published.pubname = p.pubname
                      and format('%I.%I', published.schemaname, published.tablename)
                          in (relation.name, (select name from relation where is_root))))
 group by relation.name
 order by words
