-- The jobs whose last run of the contract $1 failed, the newest first: with the error of its first chunk that did. Errors of
-- the kind data are cut before the values of a row, which may be names of people.
with attempt as (
    select run_id, job, coalesce(invocation_id::text, run_id::text) as invocation, status, started_at,
           case error_kind when 'data' then regexp_replace(error, '(: | \().*', '') else error end as error,
           case when error_kind is distinct from 'data' then error_hint end as error_hint
      from tokenflex_etl.run
     where contract_number = $1
       and status <> 'running'
       and (status <> 'skipped' or skip_reason is not null)
), latest as (
    select distinct on (job) job, invocation from attempt order by job, run_id desc
), failed as (
    select distinct on (job) job, started_at, error, error_hint
      from attempt
      join latest using (job, invocation)
     where status = 'failed'
     order by job, run_id
), success as (
    select job, max(started_at) as started_at from attempt where status = 'succeeded' group by job
)
select 'alarm' as kind, f.job, to_char(f.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as failed_at, f.error, f.error_hint,
       to_char(s.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as last_success_at
  from failed f
  left join success s on s.job = f.job
 order by f.started_at desc, f.job
