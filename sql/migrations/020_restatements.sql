-- What loads have changed of figures that an earlier load had brought: one row a run, month and metric.
create table tokenflex_etl.restatement (
    restatement_id  bigint generated always as identity primary key,
    run_id          bigint not null,
    job             text not null,
    schema_name     text not null,
    table_name      text not null,
    contract_number text not null,
    window_start    date,
    window_end      date,
    month           date,
    metric          text not null,
    before          numeric,
    after           numeric,
    rows_changed    bigint not null,
    rows_added      bigint not null,
    rows_vanished   bigint not null,
    days            datemultirange,
    restated_at     timestamptz not null
);
create index restatement_restated_at_idx on tokenflex_etl.restatement (restated_at);
comment on table tokenflex_etl.restatement is
    'What loads have changed of days that an earlier load had covered when they were over. Days that are loaded for the first time are not among them';
comment on column tokenflex_etl.restatement.job is 'That has loaded the change';
comment on column tokenflex_etl.restatement.window_start is
    'Rows without a date: the window that they are of; null: rows by date, or a job without a window';
comment on column tokenflex_etl.restatement.month is 'First day of the month, by the rows'' date; null: the rows have none';
comment on column tokenflex_etl.restatement.metric is 'As the service calls it';
comment on column tokenflex_etl.restatement.before is
    'The sum that the table had of these days of the month (of the window; of the contract); null for a metric that cannot be summed, where there is more than one row';
comment on column tokenflex_etl.restatement.after is 'The same after the load';
comment on column tokenflex_etl.restatement.rows_changed is
    'Rows in which the metric has another value, or a field that is not part of the key';
comment on column tokenflex_etl.restatement.rows_added is 'Rows that the table did not have';
comment on column tokenflex_etl.restatement.rows_vanished is 'Rows that the answer no longer has, and that were deleted';
comment on column tokenflex_etl.restatement.days is
    'The days of the month that before and after are of: those that an earlier load had covered; null: the rows have no date';
comment on column tokenflex_etl.restatement.restated_at is 'When the load''s transaction began: _synced_at of the rows that it has written';
