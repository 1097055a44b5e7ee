-- Counts the requests of an export separately from those of the query that it replaced, so that both can be estimated.
alter table tokenflex_etl.run
    add column requests_export bigint not null default 0;
comment on column tokenflex_etl.run.requests_export is
    'Of the requests, those spent on an export: the query that it has replaced took the others';
