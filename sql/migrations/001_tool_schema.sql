-- The tool's own schema: what it did, what it may still ask for, what the target tables mean. The schema itself is
-- made before, where it is missing: a role that may not create schemas can work in one that a DBA has made.
comment on schema tokenflex_etl is 'Run history, request budget and table catalogue of tokenflex-etl';

create table tokenflex_etl.migration (
    number     integer primary key,
    name       text not null,
    applied_at timestamptz not null default clock_timestamp()
);

create table tokenflex_etl.run (
    run_id          bigint generated always as identity primary key,
    job             text not null,
    contract_number text not null,
    window_start    date,
    window_end      date,
    source          text not null check (source in ('query', 'export')),
    status          text not null check (status in ('running', 'succeeded', 'failed', 'skipped')),
    started_at      timestamptz not null default clock_timestamp(),
    finished_at     timestamptz,
    rows_read       bigint not null default 0,
    rows_inserted   bigint not null default 0,
    rows_updated    bigint not null default 0,
    rows_unchanged  bigint not null default 0,
    rows_deleted    bigint not null default 0,
    requests        bigint not null default 0,
    error           text,
    host            text not null,
    pid             integer not null
);
create index run_job_idx on tokenflex_etl.run (job, contract_number, run_id desc);

comment on table tokenflex_etl.run is 'One row a chunk: one window of one contract of one job';
comment on column tokenflex_etl.run.window_start is 'First day that was requested; null for a job without a window';
comment on column tokenflex_etl.run.window_end is 'First day after those that were requested';
comment on column tokenflex_etl.run.requests is 'Requests to the API that counted against the rate limit, retries and polls too';
comment on column tokenflex_etl.run.rows_read is 'Rows of the result, all of which were received';

create table tokenflex_etl.request_budget (
    account       text primary key,
    tokens        double precision not null,
    refilled_at   timestamptz not null,
    blocked_until timestamptz
);
comment on table tokenflex_etl.request_budget is 'Token bucket of the API''s rate limit, shared by every runner on every host';
comment on column tokenflex_etl.request_budget.tokens is
    'Requests left when refilled_at was written; below zero: so many are promised to runners that wait';
comment on column tokenflex_etl.request_budget.blocked_until is 'Set by an answer 429: nobody asks before';

create table tokenflex_etl.target (
    schema_name text not null,
    table_name  text not null,
    job         text not null,
    grain       text[] not null,
    key         text[] not null,
    windowed    boolean not null,
    created_at  timestamptz not null default clock_timestamp(),
    primary key (schema_name, table_name)
);
comment on table tokenflex_etl.target is 'What a row of each target table means';
comment on column tokenflex_etl.target.grain is 'The fields of the query, API names, sorted: each combination is one row';
comment on column tokenflex_etl.target.key is 'The fields that identify a row, API names, sorted; hashed into _row_key';
comment on column tokenflex_etl.target.windowed is 'Rows are snapshots of window_start, window_end';
