-- Which tables keep old versions of rows, of which table, and from when on they have all of them.
create table tokenflex_etl.target_history (
    schema_name    text not null,
    history_table  text not null,
    table_name     text not null,
    grain          text[] not null,
    complete_since timestamptz,
    ended_at       timestamptz,
    primary key (schema_name, history_table)
);
comment on table tokenflex_etl.target_history is 'The tables that keep old versions of rows (target.history: true)';
comment on column tokenflex_etl.target_history.table_name is 'The table whose rows they were';
comment on column tokenflex_etl.target_history.grain is 'What a row of it meant, as tokenflex_etl.target has it';
comment on column tokenflex_etl.target_history.complete_since is
    'From then on every version is there; null: a load without history has changed rows since';
comment on column tokenflex_etl.target_history.ended_at is
    'When the table was replaced by one of another grain, and this history was set aside; null: it goes on';
