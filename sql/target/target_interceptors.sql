-- What may keep rows of the table $1.$2 from being written, changed or seen by our role: its kind ('rule', 'row
-- security', 'trigger' before each row, 'other trigger'), a description, and the statement that removes it. Of the table
-- itself, and triggers of its partitions and children too: rules and row security of those are not applied to statements
-- that name the table. 'has publications', without more: there are some, and target_publications.sql tells whether they
-- concern the table (its catalogs and functions take a new session longer than all the rest, and few servers have one).
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
), fires as (
    select case current_setting('session_replication_role') when 'replica' then array['R', 'A'] else array['O', 'A'] end
               as states
)
select 'rule' as kind, format('the rule %s of %s', r.rulename, relation.name) as words,
       format('alter table %s disable rule %I', relation.name, r.rulename) as remedy
  from relation
  join pg_rewrite r on r.ev_class = relation.oid
 cross join fires
 where relation.is_root
   and r.ev_type in ('2', '3', '4')
   and r.ev_enabled::text = any (fires.states)
union all
select 'row security',
       format('the row security of %s (%s)', relation.name,
              coalesce((select string_agg('policy ' || polname, ', ' order by polname)
                          from pg_policy
                         where polrelid = relation.oid),
                       'no policy')),
       case when pg_has_role(c.relowner, 'usage') then format('alter table %s no force row level security', relation.name)
            else format('alter role %I bypassrls', current_user)
        end
  from relation
  join pg_class c on c.oid = relation.oid
 where relation.is_root
   and row_security_active(relation.oid)
union all
-- tgtype: 1 for each row, 2 before, 4 insert, 8 delete, 16 update.
select case when t.tgtype & 3 = 3 then 'trigger' else 'other trigger' end, format('the trigger %s of %s', t.tgname, relation.name),
       format('alter table %s disable trigger %I', relation.name, t.tgname)
  from relation
  join pg_trigger t on t.tgrelid = relation.oid
 cross join fires
 where not t.tgisinternal
   and t.tgparentid = 0
   and t.tgtype & 28 <> 0
   and t.tgenabled::text = any (fires.states)
union all
select 'has publications', null, null
 where exists (select from pg_publication where pubupdate or pubdelete)
 order by kind, words
