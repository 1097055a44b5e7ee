-- Marks runs as failed whose runner is gone. A runner holds a lock as long as it lives: that of the table and contract,
-- or, if hosts share the work, that of the invocation (work_lock_presence.sql). The run of a host that is gone stays
-- running while another host of the invocation lives, which takes its chunk over. The locks are only read, not taken,
-- because another run may need them at this moment. Rows that another session has locked are skipped. The requests
-- that were reserved for such a run expire: the run that resumes its query needs them.
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
), freed as (
    update tokenflex_etl.request_reservation
       set expires_at = clock_timestamp()
      from dead
     where application like 'tokenflex-etl % run ' || dead.run_id
       and expires_at > clock_timestamp()
)
update tokenflex_etl.run
   set status      = 'failed',
       finished_at = clock_timestamp(),
       error       = format('the run (process %s on %s) ended without finishing', pid, host),
       error_kind  = 'died'
 where run_id in (select run_id from dead)
returning run_id
