-- The sessions that hold locks on the table $1.$2, in words: users is null if there is none (any more).
select string_agg(distinct format('process %s of %s%s', s.pid, s.usename,
                                  ' (' || nullif(s.application_name, '') || ')'), ', ') as users
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_locks l on l.relation = c.oid and l.granted and l.pid <> pg_backend_pid()
                 and l.database = (select oid from pg_database where datname = current_database())
  join pg_stat_activity s on s.pid = l.pid
 where n.nspname = $1
   and c.relname = $2
