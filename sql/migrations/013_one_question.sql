-- One table, one question: which column holds which field and metric, and by which filter the rows of a contract were
-- asked for. And what a load has changed of its table. What 009 remembers, columns of the key alone, is not enough to tell:
-- a table made before is loaded again (run --rebuild).
alter table tokenflex_etl.target
    drop column key_columns,
    add column columns text[];
comment on column tokenflex_etl.target.columns is
    'Of each field and metric that was ever loaded its API name and its column; null for tables of older versions';

create table tokenflex_etl.target_filter (
    target_id        bigint not null,
    contract_number  text not null,
    job              text not null,
    filter           text not null,
    "where"          text,
    usage_categories text[] not null,
    remembered_at    timestamptz not null default clock_timestamp(),
    primary key (target_id, contract_number)
);
comment on table tokenflex_etl.target_filter is 'The filter by which the rows of each table and contract were requested';
comment on column tokenflex_etl.target_filter.target_id is 'The table, as tokenflex_etl.target counts them';
comment on column tokenflex_etl.target_filter.job is 'The job that loaded the first rows';
comment on column tokenflex_etl.target_filter.filter is 'Condition and categories in a normal form: jobs that request the same usage have the same text';
comment on column tokenflex_etl.target_filter."where" is 'The job''s condition, with variables replaced; null: none';
comment on column tokenflex_etl.target_filter.usage_categories is 'The job''s categories';

alter table tokenflex_etl.run
    add column schema_changes text[];
comment on column tokenflex_etl.run.schema_changes is
    'What the load has changed of the table, each in words: created, column added, column widened; null: nothing';
