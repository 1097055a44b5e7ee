-- Deletes runs that are more than $1 days old, at most $2 of them, the oldest first. Keeps the runs that may still be
-- needed:
--
-- Of each job and contract: the newest hundred, which status shows, and the newest ten that succeeded by query and the
-- newest ten by export, from which job_history.sql derives its figures.
--
-- For run_find_load.sql, by which a backfill skips a chunk: the newest successful run of a window and table, if the window
-- was over. A window that moves with the day leaves such a run every night, and no backfill has the same window. So the
-- run is kept only while no later run has loaded days of its window, or if the window is of whole months, whole weeks
-- or one day, as the windows of backfills are.
--
-- For remote_find.sql: runs with an export that may be left at the service, and failed runs of the last month with a
-- query. Also the newest run of the chunk of such an export: if it succeeded, the export is not resumed.
--
-- For source_change_first_skipped.sql: chunks that were skipped as unchanged and were not loaded since.
with pairs as (
    select p.job, p.contract_number,
           (select run_id
              from tokenflex_etl.run
             where job = p.job and contract_number = p.contract_number
             order by run_id desc offset 99 limit 1) as hundredth,
           (select run_id
              from tokenflex_etl.run
             where job = p.job and contract_number = p.contract_number and status = 'succeeded' and source = 'query'
             order by run_id desc offset 9 limit 1) as tenth_query,
           (select run_id
              from tokenflex_etl.run
             where job = p.job and contract_number = p.contract_number and status = 'succeeded' and source = 'export'
             order by run_id desc offset 9 limit 1) as tenth_export
      from (select distinct job, contract_number
              from tokenflex_etl.run
             where started_at < clock_timestamp() - $1::integer * interval '1 day') p
), newest_of_window as materialized (
    select max(run_id) as run_id
      from tokenflex_etl.run
     where status = 'succeeded'
       and window_end is not null
       and target_id is not null
     group by job, contract_number, window_start, window_end, target_id
), beside_an_export as materialized (
    select max(r.run_id) as run_id
      from tokenflex_etl.run left_export
      join tokenflex_etl.run r on r.job = left_export.job
                              and r.contract_number = left_export.contract_number
                              and r.window_start is not distinct from left_export.window_start
                              and r.window_end is not distinct from left_export.window_end
     where left_export.export_name is not null
       and (r.submitted_at is not null or r.status = 'succeeded')
     group by left_export.run_id
), unneeded as (
    select r.run_id
      from pairs p
      join tokenflex_etl.run r on r.job = p.job and r.contract_number = p.contract_number
      left join newest_of_window on newest_of_window.run_id = r.run_id
     where r.started_at < clock_timestamp() - $1::integer * interval '1 day'
       and r.status <> 'running'
       and r.run_id < p.hundredth
       and (r.status <> 'succeeded' or r.run_id < case r.source when 'query' then p.tenth_query else p.tenth_export end)
       and r.export_name is null
       and (r.skip_reason is null
            or exists (select
                         from tokenflex_etl.run later
                        where later.job = r.job
                          and later.contract_number = r.contract_number
                          and later.run_id > r.run_id
                          and later.status = 'succeeded'
                          and later.window_start <= r.window_start
                          and later.window_end > r.window_start))
       and r.run_id not in (select run_id from beside_an_export)
       and not (r.status = 'failed'
                and r.remote is not null
                and r.submitted_at > clock_timestamp() - interval '1 month')
       and not (newest_of_window.run_id is not null
                and r.question_hash is not null
                and (least(r.started_at, r.submitted_at) at time zone 'UTC')::date >= r.window_end
                and case
                    when extract(day from r.window_start) = 1 and extract(day from r.window_end) = 1
                         or extract(isodow from r.window_start) = 1 and extract(isodow from r.window_end) = 1
                         or r.window_end = r.window_start + 1
                    then true
                    -- In the order of the runs: as a rule the next night's is the one.
                    else (select run_id
                            from tokenflex_etl.run later
                           where later.job = r.job
                             and later.contract_number = r.contract_number
                             and later.run_id > r.run_id
                             and later.status = 'succeeded'
                             and later.target_id = r.target_id
                             and later.window_start < r.window_end
                             and later.window_end > r.window_start
                           order by later.run_id
                           limit 1) is null
                    end)
     order by r.run_id
     limit $2::bigint
       for update of r skip locked
)
delete from tokenflex_etl.run where run_id in (select run_id from unneeded)
