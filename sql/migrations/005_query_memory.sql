-- What a later run needs in order to know that a query of this size exceeds the time limit.
alter table tokenflex_etl.run
    add column query_hash     text,
    add column timed_out_at   timestamptz,
    add column timed_out_days integer;
comment on column tokenflex_etl.run.query_hash is 'SHA-256 of the request body without the window: the same job over other days';
comment on column tokenflex_etl.run.timed_out_at is 'When a query of this run was last found to run past the service''s time limit';
comment on column tokenflex_etl.run.timed_out_days is
    'How many days the shortest such query asked for; 2147483647 for one without a window';
comment on column tokenflex_etl.run.source_reason is
    'Why the rows came by export, or by one query for each part of the window; null for a single query';
