-- What a later run needs to take up where an earlier one stood, and to know when a result will be there.
alter table tokenflex_etl.run
    add column target       text,
    add column remote       text,
    add column body_hash    text,
    add column submitted_at timestamptz,
    add column ready_at     timestamptz,
    add column ready_ms     bigint;
comment on column tokenflex_etl.run.target is 'Schema and table loaded into, as the runner''s lock names them';
comment on column tokenflex_etl.run.remote is 'Where the service keeps the query; null once it is of no more use';
comment on column tokenflex_etl.run.body_hash is 'SHA-256 of the request body: the same question, the same answer';
comment on column tokenflex_etl.run.submitted_at is 'When the query was submitted, by this run or the one it took over from';
comment on column tokenflex_etl.run.ready_at is 'When the result was first seen to be there';
comment on column tokenflex_etl.run.ready_ms is 'From submit to ready; null for an answer from the service''s cache';

alter table tokenflex_etl.request_budget
    add column max_page_size    integer,
    add column max_page_size_at timestamptz;
comment on column tokenflex_etl.request_budget.max_page_size is 'Largest page that the service did not refuse, where it has refused one';
