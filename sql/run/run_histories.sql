-- What the run table tells of each job and contract: the newest $3 rows, newest first, the number of all its rows, and the
-- last day whose data was asked for and loaded. $1 and $2: of this job and contract alone; null: of all.
--
-- A running one whose lock nobody holds has lost its runner, as in run_reap.sql; a standby does not know the locks.
-- Columns of later migrations are read through the row as JSON, so that a schema that nobody has upgraded yet tells what
-- it can.
with pairs as (
    select job, contract_number, count(*) as runs,
           max(least(window_end - 1, (started_at at time zone 'UTC')::date)) 
               filter (where status = 'succeeded' and window_end is not null) as through
      from tokenflex_etl.run
     where ($1::text is null or job = $1)
       and ($2::text is null or contract_number = $2)
     group by job, contract_number
)
select p.job, p.contract_number, p.runs, p.through,
       r.run_id, r.window_start, r.window_end, r.source, r.status,
       floor(1000 * extract(epoch from r.started_at))::bigint,
       floor(1000 * extract(epoch from r.finished_at))::bigint,
       r.rows_read, r.rows_inserted, r.rows_updated, r.rows_unchanged, r.rows_deleted, r.requests,
       r.error, later ->> 'error_kind', later ->> 'error_hint', r.host, r.pid,
       r.status = 'running' and key is not null and not pg_is_in_recovery() and not exists (
           select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.classid = ((key >> 32) & 4294967295)::oid
              and l.objid = (key & 4294967295)::oid
              and l.database = (select oid from pg_database where datname = current_database()))
  from pairs p
 cross join lateral (select *
                       from tokenflex_etl.run
                      where job = p.job
                        and contract_number = p.contract_number
                      order by run_id desc
                      limit $3::bigint) r
 cross join lateral to_jsonb(r) as later
 cross join lateral hashtextextended('tokenflex-etl ' || (later ->> 'target') || ' ' || left(r.contract_number, 100), 0)
       as key
 order by p.job, p.contract_number, r.run_id desc
