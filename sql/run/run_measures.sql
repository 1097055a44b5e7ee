-- What can be measured of each job and contract: its last run, its last success, and how often it has failed since.
--
-- A run of several chunks has a row for each, written one after the other by one process: a row belongs to the same run as
-- the one before it when that one succeeded and the next began at once. The first chunk that fails ends a run. Rows that
-- are running are of no run that is over yet; chunks that were skipped tell nothing.
--
-- The index has the rows of a job and contract from the last one back: however long the history, few of them are read,
-- with the settings of run_measures_settings.sql.
with recursive loaded as (
    (select job, contract_number from tokenflex_etl.run order by job, contract_number limit 1)
    union all
    select next.*
      from loaded
     cross join lateral (select r.job, r.contract_number
                           from tokenflex_etl.run r
                          where (r.job, r.contract_number) > (loaded.job, loaded.contract_number)
                          order by r.job, r.contract_number
                          limit 1) next
), chunk as not materialized (
    select run_id, job, contract_number, status,
           status = 'failed'
           or lag(host) over later is distinct from host
           or lag(pid) over later <> pid
           or lag(started_at) over later > finished_at + interval '1 minute' as ends_run
      from tokenflex_etl.run
     where status in ('succeeded', 'failed')
    window later as (partition by job, contract_number order by run_id desc)
)
select loaded.job, loaded.contract_number,
       floor(1000 * extract(epoch from (select finished_at from tokenflex_etl.run where run_id = success.run_id)))::bigint,
       (select count(*)
          from tokenflex_etl.run r
         where r.job = loaded.job
           and r.contract_number = loaded.contract_number
           and r.run_id > coalesce(success.run_id, 0)
           and r.status = 'failed'),
       last.*
  from loaded
  left join lateral (select run_id
                       from chunk c
                      where c.job = loaded.job
                        and c.contract_number = loaded.contract_number
                        and c.ends_run
                        and c.status = 'succeeded'
                      order by run_id desc
                      limit 1) success on true
  left join lateral (select run_id
                       from chunk c
                      where c.job = loaded.job
                        and c.contract_number = loaded.contract_number
                        and c.ends_run
                      order by run_id desc
                     offset 1
                      limit 1) previous on true
 cross join lateral (select floor(1000 * extract(epoch from max(finished_at)))::bigint as ended,
                            floor(1000 * extract(epoch from max(finished_at) - min(started_at)))::bigint,
                            min((status = 'succeeded')::integer),
                            sum(requests),
                            sum(rows_read),
                            sum(rows_inserted),
                            sum(rows_updated),
                            sum(rows_unchanged),
                            sum(rows_deleted)
                       from tokenflex_etl.run r
                      where r.job = loaded.job
                        and r.contract_number = loaded.contract_number
                        and r.run_id > coalesce(previous.run_id, 0)
                        and r.status in ('succeeded', 'failed')) last
 where last.ended is not null
 order by loaded.job, loaded.contract_number
