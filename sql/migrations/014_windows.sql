-- Which windows of rows without a date are in a table, and which of them move with the day: a later one takes their place.
create table tokenflex_etl.target_window (
    target_id       bigint not null,
    contract_number text not null,
    window_start    date not null,
    window_end      date not null,
    job             text not null,
    as_of           date,
    loaded_at       timestamptz not null default clock_timestamp(),
    primary key (target_id, contract_number, window_start, window_end)
);
comment on table tokenflex_etl.target_window is
    'The windows that tables of rows without a date were loaded with. Rows of a window that is not here count as given by hand';
comment on column tokenflex_etl.target_window.target_id is 'The table, as tokenflex_etl.target counts them';
comment on column tokenflex_etl.target_window.job is 'The job that loaded the window last';
comment on column tokenflex_etl.target_window.as_of is
    'Of a window that moves with the day (`until: today`): the day by which it was cut; null: --from and --to, or a fixed `until`, have given it';
