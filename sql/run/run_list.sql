-- The newest $3 rows of the run table of each job and contract, newest first; rows of one invocation are together.
-- $1 and $2: only this job and this contract; null: all.
--
-- Only few rows are read, however long the history is: the index run_job_idx is ordered by job, contract and run. Job
-- and contract are compared as a row, so that the planner cannot use an index on run_id alone: that would read all
-- newer rows to find those of a job that has not run for a year.
--
-- The columns of `absent` came with later migrations. In a schema that is not upgraded yet the table lacks such a
-- column, so that its name inside `newest` means the null of `absent`. A test reads a table without them.
--
-- runner_is_gone: no session holds the lock of the row's table and contract, nor that of its invocation, as in
-- run_mark_lost.sql. Always false on a standby, which does not know the locks.
with recursive pair as (
    (select job, contract_number
       from tokenflex_etl.run
      where ($1::text is null or job = $1)
        and ($2::text is null or contract_number = $2)
      order by job, contract_number
      limit 1)
    union all
    select following.*
      from pair
     cross join lateral (select run.job, run.contract_number
                           from tokenflex_etl.run
                          where ($1::text is null or $2::text is null)
                            and (run.job, run.contract_number) > (pair.job, pair.contract_number)
                            and ($1::text is null or run.job = $1)
                            and ($2::text is null or run.contract_number = $2)
                          order by run.job, run.contract_number
                          limit 1) following
), held as materialized (
    select (classid::bigint << 32) | objid::bigint as key
      from pg_locks
     where locktype = 'advisory'
       and granted
       and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())
)
select newest.*
  from pair
 cross join (values (null::text, null::text, null::text, null::uuid, null::integer, null::integer,
                     null::text[], null::text, null::boolean))
    as absent (target, error_kind, error_hint, invocation_id, chunk, chunks, schema_changes, skip_reason, window_given)
 cross join lateral (
    select run.job, run.contract_number, run_id, invocation_id, chunk, chunks, window_start, window_end, source, status,
           floor(1000 * extract(epoch from started_at))::bigint as started_ms,
           floor(1000 * extract(epoch from finished_at))::bigint as finished_ms,
           rows_read, rows_inserted, rows_updated, rows_unchanged, rows_deleted, requests,
           array_to_string(schema_changes, E'\n') as schema_changes, skip_reason is not null as is_unchanged,
           coalesce(window_given, false) as window_given, error, error_kind, error_hint, host, pid,
           target is not null
           and not pg_is_in_recovery()
           and hashtextextended('tokenflex-etl ' || target || ' ' || left(run.contract_number, 100), 0)
               not in (select key from held)
           and coalesce(hashtextextended('tokenflex-etl invocation ' || invocation_id, 0) not in (select key from held), true)
               as runner_is_gone
      from tokenflex_etl.run
     where (run.job, run.contract_number) >= (pair.job, pair.contract_number)
       and (run.job, run.contract_number) <= (pair.job, pair.contract_number)
     order by run.job, run.contract_number, run_id desc
     limit $3::bigint) newest
 order by newest.job, newest.contract_number,
       max(newest.run_id) over (partition by newest.job, newest.contract_number,
                                             coalesce(newest.invocation_id::text, newest.run_id::text)) desc,
       newest.run_id desc
