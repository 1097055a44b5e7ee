-- Stages in the schema $1 whose session has ended and which our role may drop. This session locks each of them from now on, so
-- that only one session drops it.
select format('%I.%I', n.nspname, c.relname) as name, right(c.relname, 32) as nonce
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1
   and c.relname ~ '^tokenflex_stage_[0-9a-f]{32}$'
   and c.relkind = 'r'
   and c.relpersistence = 'u'
   and pg_has_role(c.relowner, 'usage')
   and pg_try_advisory_lock(hashtextextended('tokenflex-etl stage ' || right(c.relname, 32), 0))
