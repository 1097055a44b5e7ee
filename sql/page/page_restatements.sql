-- How loads of the last 90 days have changed the tokens of the contract $1 in tables of the current schema, by table and
-- month, the newest first. All loads of a month are one row: `after` is that of the last load, `difference` the sum of all.
with wanted as (
    select *
      from tokenflex_etl.restatement
     where contract_number = $1
       and schema_name = current_schema()
       and metric = 'tokensConsumed'
       and restated_at >= now() - interval '90 days'
), summed as (
    select job, table_name, month, window_start, window_end, count(*) as times, max(restated_at) as restated_at,
           sum(after - before) as difference,
           (array_agg(after order by restated_at desc, restatement_id desc))[1] as after,
           sum(rows_changed) as rows_changed, sum(rows_added) as rows_added, sum(rows_vanished) as rows_vanished
      from wanted
     group by job, table_name, month, window_start, window_end
)
select table_name, coalesce(to_char(month, 'YYYY-MM'), to_char(window_start, 'YYYY-MM-DD')) as month,
       after - difference as before, after, difference, rows_changed, rows_added, rows_vanished, times,
       to_char(restated_at at time zone 'UTC', 'YYYY-MM-DD') as restated_on
  from summed
 order by restated_at desc, table_name, month desc nulls last
 limit 40
