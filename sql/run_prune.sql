-- Deletes runs that are more than $1 days old, at most $2 of them, the oldest first. Stays what somebody may ask for:
--
-- of each job and contract the newest hundred, which status tells of, and the newest ten that succeeded by query and by
-- export, which run_history.sql and export_history.sql take the measure of;
--
-- what run_finished.sql has a backfill skip: the newest success of a window that was over, in a table. A window that moves
-- with the days leaves one behind every night, which no backfill will cut the same: it stays only while no later run has
-- cut its days otherwise, or where it is a whole month, week or day, as backfills are cut;
--
-- what run_resume.sql and export_find.sql take up: an export that is left at the service, a query as long as one may live.
-- And beside a left export the newest run of its chunk, whose success says that the export is of no use.
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
), unneeded as (
    select r.run_id
      from pairs p
      join tokenflex_etl.run r on r.job = p.job and r.contract_number = p.contract_number
     where r.started_at < clock_timestamp() - $1::integer * interval '1 day'
       and r.status <> 'running'
       and r.run_id < p.hundredth
       and (r.status <> 'succeeded' or r.run_id < case r.source when 'query' then p.tenth_query else p.tenth_export end)
       and not (r.status = 'succeeded'
                and r.window_end is not null
                and r.target_id is not null
                and r.question_hash is not null
                and (least(r.started_at, r.submitted_at) at time zone 'UTC')::date >= r.window_end
                and not exists (
                    select from tokenflex_etl.run later
                     where later.job = r.job
                       and later.contract_number = r.contract_number
                       and later.run_id > r.run_id
                       and later.status = 'succeeded'
                       and later.target_id = r.target_id
                       and later.window_start = r.window_start
                       and later.window_end = r.window_end)
                and (extract(day from r.window_start) = 1 and extract(day from r.window_end) = 1
                     or extract(isodow from r.window_start) = 1 and extract(isodow from r.window_end) = 1
                     or r.window_end = r.window_start + 1
                     or not exists (
                        select from tokenflex_etl.run later
                         where later.job = r.job
                           and later.contract_number = r.contract_number
                           and later.run_id > r.run_id
                           and later.status = 'succeeded'
                           and later.target_id = r.target_id
                           and later.window_start < r.window_end
                           and later.window_end > r.window_start)))
       and r.export_name is null
       and not (r.status = 'failed'
                and r.remote is not null
                and r.submitted_at > clock_timestamp() - interval '1 month')
       and not ((r.submitted_at is not null or r.status = 'succeeded')
                and exists (
                    select from tokenflex_etl.run left_export
                     where left_export.job = r.job
                       and left_export.contract_number = r.contract_number
                       and left_export.export_name is not null
                       and left_export.window_start is not distinct from r.window_start
                       and left_export.window_end is not distinct from r.window_end)
                and not exists (
                    select from tokenflex_etl.run later
                     where later.job = r.job
                       and later.contract_number = r.contract_number
                       and later.run_id > r.run_id
                       and (later.submitted_at is not null or later.status = 'succeeded')
                       and later.window_start is not distinct from r.window_start
                       and later.window_end is not distinct from r.window_end))
     order by r.run_id
     limit $2::bigint
       for update of r skip locked
)
delete from tokenflex_etl.run where run_id in (select run_id from unneeded)
