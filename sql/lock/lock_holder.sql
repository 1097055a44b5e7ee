-- Who holds the lock of lock_target.sql: host and process of its run, else those in the session's application_name (run/session.h),
-- else what the server knows; and that name.
with wanted as (
    select hashtextextended('tokenflex-etl ' || $1, 0) as key
)
select coalesce(r.host, substring(s.application_name from ' (?:process|rebuild) [0-9]+ on (.+)$'), host(s.client_addr),
                'this host') as host,
       coalesce(r.pid::text, substring(s.application_name from ' (?:process|rebuild) ([0-9]+) on '), '?') as process,
       s.application_name as session
  from wanted
  join pg_locks l on l.locktype = 'advisory' and l.granted and l.objsubid = 1
                 and l.classid = ((wanted.key >> 32) & 4294967295)::oid
                 and l.objid = (wanted.key & 4294967295)::oid
  join pg_stat_activity s on s.pid = l.pid
  left join tokenflex_etl.run r on r.run_id = substring(s.application_name from ' run ([0-9]+)$')::bigint
 where l.database = (select oid from pg_database where datname = current_database())
 limit 1
