-- Runs whose runner is gone: no session holds the lock that a runner holds as long as it lives, of the table and contract or
-- (work_lock_presence.sql) of the invocation, whose other hosts take over from one that is gone. The locks are read, not
-- taken: another runner may be about to take one for its own run. Rows that another runner is working on are left to
-- it.
with dead as (
    select r.run_id
      from tokenflex_etl.run r,
           hashtextextended('tokenflex-etl ' || r.target || ' ' || left(r.contract_number, 100), 0) as key,
           hashtextextended('tokenflex-etl invocation ' || r.invocation_id, 0) as present
     where r.status = 'running'
       and key is not null
       and not exists (select from pg_locks l
                        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                          and (l.classid, l.objid) in (values (((key >> 32) & 4294967295)::oid, (key & 4294967295)::oid),
                                                              (((present >> 32) & 4294967295)::oid, (present & 4294967295)::oid))
                          and l.database = (select oid from pg_database where datname = current_database()))
       for update of r skip locked
)
update tokenflex_etl.run
   set status      = 'failed',
       finished_at = clock_timestamp(),
       error       = format('the runner (process %s on %s) ended without finishing', pid, host),
       error_kind  = 'died'
 where run_id in (select run_id from dead)
returning run_id
