-- The publications of updates or deletes that have the table $1.$2, one of its partitions or of its children, where that
-- one has no replica identity, or the whole row for one and a publication only some of its columns, so that updates and
-- deletes fail: in the columns of target_interceptors.sql. pg_publication_rel.prattrs is new in PostgreSQL 15.
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
  left join lateral (select true as is_there, named.name as of_table
                       from pg_publication_rel r
                       join relation named on named.oid = r.prrelid
                      where r.prpubid = p.oid
                        and (r.prrelid = c.oid or named.is_root)
                        and to_jsonb(r) ->> 'prattrs' is not null
                      limit 1) list on true
 where c.relkind = 'r'
   and c.relpersistence = 'p'
   and case c.relreplident
       when 'f' then list.is_there
       else not exists (select from pg_index i
                         where i.indrelid = c.oid
                           and case c.relreplident when 'd' then i.indisprimary
                                                   when 'i' then i.indisreplident
                                                   else false
                               end)
       end
   and (p.puballtables
        or exists (select
                     from pg_publication_tables published
                    where published.pubname = p.pubname
                      and format('%I.%I', published.schemaname, published.tablename)
                          in (relation.name, (select name from relation where is_root))))
 group by relation.name
 order by words
