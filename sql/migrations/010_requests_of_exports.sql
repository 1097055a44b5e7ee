-- What an export takes is told from what the query took that it has replaced, so that each can be foretold.
alter table tokenflex_etl.run
    add column requests_export bigint not null default 0;
comment on column tokenflex_etl.run.requests_export is
    'Of the requests, those spent on an export: the query that it has replaced took the others';
