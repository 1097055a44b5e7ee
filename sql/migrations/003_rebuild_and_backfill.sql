-- Which rows a run has put into which table, even when tables of one name come and go: a chunk of a backfill is finished
-- when its rows are in the table that is there now. And which table is the successor of another, not in its place yet.
alter table tokenflex_etl.target
    add column target_id bigint generated always as identity,
    add column rebuilds  text,
    add column comments  jsonb;
comment on column tokenflex_etl.target.target_id is 'A new number for each table that is created, even under the name of an earlier one';
comment on column tokenflex_etl.target.rebuilds is
    'The table of this schema that this one will replace: run --rebuild is in progress, or was interrupted';
comment on column tokenflex_etl.target.comments is
    'What the tool wrote as comments of the table (under "") and its columns when it made them; others are somebody''s own';

alter table tokenflex_etl.run
    add column target_id     bigint,
    add column question_hash text;
comment on column tokenflex_etl.run.target_id is 'The table that the rows went to, as tokenflex_etl.target counts them';
comment on column tokenflex_etl.run.question_hash is
    'SHA-256 of the request and of the names of its columns; the same for a query and for an export';
