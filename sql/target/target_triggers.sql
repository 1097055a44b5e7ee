-- Whether the table $1.$2, or one of its partitions or children, has an enabled trigger on insert, update or delete
-- (target_interceptors.sql names them; this takes a fraction of its time, and each load asks).
with recursive tree as (
    select c.oid
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname = $2
    union
    select i.inhrelid
      from tree
      join pg_inherits i on i.inhparent = tree.oid
)
select exists (select
                 from tree
                 join pg_trigger t on t.tgrelid = tree.oid
                where not t.tgisinternal
                  and t.tgparentid = 0
                  and t.tgtype & 28 <> 0
                  and t.tgenabled::text = any (case current_setting('session_replication_role')
                                               when 'replica' then array['R', 'A']
                                               else array['O', 'A']
                                               end)) as has_triggers
