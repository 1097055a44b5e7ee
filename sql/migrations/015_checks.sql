-- Which days of a table and contract were loaded when they were over: only these can be compared with a later answer
-- (checks.max_vanished, checks.max_change), since other days still grow. And what `run --accept` has let pass.
alter table tokenflex_etl.target_filter
    add column covered datemultirange not null default '{}';
comment on column tokenflex_etl.target_filter.covered is
    'Days that were over when a load of theirs was asked for; of rows by month, months that were';

alter table tokenflex_etl.run
    add column accepted text[];
comment on column tokenflex_etl.run.accepted is
    'Checks that failed and that run --accept has let pass, in words; null: none';
