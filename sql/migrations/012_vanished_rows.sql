-- Rows of the contract and window that an answer no longer has: those that were deleted, and those that were kept.
alter table tokenflex_etl.run
    add column rows_vanished bigint not null default 0;
comment on column tokenflex_etl.run.rows_vanished is
    'Rows of the contract and window that the answer no longer has: deleted, or with vanished: keep still there';
