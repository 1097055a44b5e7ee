-- The restatements since the day $1 (UTC; null: all) by the jobs $2 (one a line; null: all), of the months from $3 to $4 (nulls:
-- all; rows without a date by the days of their window), the newest first. One row a run, month and metric; or with $5 all runs
-- of a job, contract, window, month and metric in one row: `after` is that of the last run, `difference` is what has changed since
-- before the first run, and `before` is `after` minus `difference`. A manual change between two restatements of the
-- same days (`by_hand`: the later one begins with another figure than the earlier one ended with) is part of
-- `difference`. Days that were loaded for the first time between two restatements are not part of it.
with wanted as (
    select *,
           case when $5::boolean then 0 else restatement_id end as part
      from tokenflex_etl.restatement
     where ($1::date is null or restated_at >= $1::date::timestamp at time zone 'UTC')
       and ($3::date is null
            or month >= date_trunc('month', $3::date::timestamp)::date and month < $4::date
            or month is null and window_start < $4::date and window_end > $3::date)
), chained as (
    select *,
           case when days is not distinct from lag(days) over series then before - lag(after) over series end as by_hand
      from wanted
    window series as (partition by schema_name, table_name, contract_number, window_start, window_end, month, metric, part
                          order by restated_at, restatement_id)
), summed as (
    select job, schema_name, table_name, contract_number, window_start, window_end, month, metric, part,
           count(*) as times, max(run_id) as run_id, max(restated_at) as restated_at,
           case when count(after - before) = count(*) then sum(after - before + coalesce(by_hand, 0)) end as difference,
           (array_agg(after order by restated_at desc, restatement_id desc))[1] as after,
           sum(rows_changed) as rows_changed, sum(rows_added) as rows_added, sum(rows_vanished) as rows_vanished,
           min(restatement_id) as restatement_id
      from chained
     where $2::text is null
        or job = any (string_to_array($2, E'\n'))
     group by job, schema_name, table_name, contract_number, window_start, window_end, month, metric, part
)
select job, contract_number, window_start, window_end, month, metric, after - difference as before, after, difference, times,
       rows_changed, rows_added, rows_vanished, run_id, (extract(epoch from restated_at) * 1000)::bigint as restated_ms
  from summed
 order by restated_at desc, run_id desc, job, contract_number, month desc nulls last, window_start desc nulls last,
          restatement_id
