-- The newest failure of each job of the contract $1 whose days no later invocation has loaded, neither with the job's own
-- window nor with given days that include all of them (etl/report/status/invocation.c has the same rule). The error is that of
-- the first chunk that failed. Errors of the kind data are cut before the values of a row, which may be names of people.
with attempt as (
    -- The newest row of a chunk: another host may have taken it over.
    select distinct on (job, coalesce(invocation_id::text, run_id::text), chunk)
           run_id, job, coalesce(invocation_id::text, run_id::text) as invocation, status, started_at, window_start, window_end,
           chunk, chunks, window_given, status = 'succeeded' or skip_reason is not null as is_loaded,
           case error_kind when 'data' then regexp_replace(error, '(: | \().*', '') else error end as error,
           case when error_kind is distinct from 'data' then error_hint end as error_hint
      from tokenflex_etl.run
     where contract_number = $1
       and status <> 'running'
     order by job, coalesce(invocation_id::text, run_id::text), chunk, run_id desc
), summed as (
    select job, invocation, max(run_id) as last_run_id, min(started_at) as started_at, bool_or(status = 'failed') as has_failed,
           bool_or(is_loaded) as is_loaded, bool_and(window_given) as window_given, min(window_start) as first_day,
           max(window_end) as end_day, max(chunks) as chunks, coalesce(max(chunk) = max(chunks), true) as is_begun_to_end
      from attempt
     group by job, invocation
), success as (
    select * from summed where is_loaded and not has_failed and is_begun_to_end
), failure as (
    select distinct on (f.job) f.*
      from summed f
     where f.has_failed
       and not exists (select
                         from success s
                        where s.job = f.job
                          and s.last_run_id > f.last_run_id
                          and (not s.window_given
                               or s.first_day <= f.first_day
                                  and s.end_day >= f.end_day
                                  and (f.is_begun_to_end
                                       or (s.first_day = f.first_day and s.chunks = f.chunks)
                                       or s.end_day >= (f.started_at at time zone 'UTC')::date)))
     order by f.job, f.last_run_id desc
), first_failed as (
    select distinct on (a.job) a.job, a.started_at, a.error, a.error_hint, f.last_run_id
      from failure f
      join attempt a using (job, invocation)
     where a.status = 'failed'
     order by a.job, a.run_id
)
select 'alarm' as kind, f.job, to_char(f.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as failed_at, f.error, f.error_hint,
       (select to_char(max(s.started_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
          from success s
         where s.job = f.job
           and s.last_run_id < f.last_run_id) as last_success_at
  from first_failed f
 order by f.started_at desc, f.job
