-- What is loaded, held against the service's own totals (GET usage/:n/summary): one set of rows a comparison. And when
-- runs have asked for a summary.
create table tokenflex_etl.reconciliation (
    reconciliation_id bigint generated always as identity primary key,
    checked_at        timestamptz not null,
    contract_number   text not null,
    job               text not null,
    schema_name       text not null,
    table_name        text not null,
    usage_month       date not null,
    contract_year     integer,
    usage_category    text,
    loaded            numeric not null,
    service           numeric not null,
    difference        numeric not null,
    status            text not null,
    was_reloaded      boolean not null default false,
    invocation_id     uuid,
    constraint reconciliation_status_check check (status in ('equal', 'differs', 'running', 'not_loaded', 'moved_on'))
);
create index reconciliation_table_idx
    on tokenflex_etl.reconciliation (contract_number, schema_name, table_name, checked_at);
comment on table tokenflex_etl.reconciliation is
    'What tables hold, against the service''s own totals. Rows of one comparison of a table and contract have the same checked_at';
comment on column tokenflex_etl.reconciliation.job is 'That loads the table';
comment on column tokenflex_etl.reconciliation.usage_month is 'First day of the month';
comment on column tokenflex_etl.reconciliation.contract_year is 'null: of all years, since the rows do not tell theirs';
comment on column tokenflex_etl.reconciliation.usage_category is
    'By its name of today; null: of all categories that the job asks for, since the rows do not tell theirs';
comment on column tokenflex_etl.reconciliation.loaded is 'Tokens that the table holds';
comment on column tokenflex_etl.reconciliation.service is 'Tokens by the service''s summary';
comment on column tokenflex_etl.reconciliation.difference is 'loaded - service';
comment on column tokenflex_etl.reconciliation.status is
    'equal; differs; moved_on: differs, and the service''s figure has changed since both were equal last; running: the month '
    'is not over; not_loaded: the table does not hold the month whole. The last two are not judged';
comment on column tokenflex_etl.reconciliation.was_reloaded is
    'The months that differed had been loaded again just before: where this row differs, doing so again is of no use while the '
    'service''s figure stays';

create table tokenflex_etl.service_summary (
    contract_number text primary key,
    asked_at        timestamptz not null
);
comment on table tokenflex_etl.service_summary is
    'When a run last asked the service for its summary of the usage of each contract: it does so at most once a day (UTC), for all jobs';
