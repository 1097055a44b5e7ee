-- needs:
create or replace view report_restatements as
select schema_name,
       table_name,
       contract_number,
       month,
       metric,
       before,
       after,
       after - before as difference,
       rows_changed,
       rows_added,
       rows_vanished,
       restated_at,
       run_id,
       job,
       window_start,
       window_end
  from tokenflex_etl.restatement;

comment on view report_restatements is
    'What the service has restated: each change of figures that were loaded before, by run, month and metric. Made by tokenflex-etl init --reports.';
comment on column report_restatements.month is 'First day of the month; null: the rows have no date';
comment on column report_restatements.before is
    'The sum over the days that were loaded before; null for a metric that cannot be summed';
comment on column report_restatements.difference is 'after - before';
comment on column report_restatements.restated_at is 'When it was loaded';
comment on column report_restatements.window_start is 'Rows without a date: the window that they are of';
