-- One login for several hosts (auth.token_store: database): who may read the table still needs the key.
create table tokenflex_etl.login (
    account   text not null,
    client_id text not null,
    sealed    bytea not null,
    key_id    text not null,
    stored_at timestamptz not null,
    primary key (account, client_id)
);
comment on table tokenflex_etl.login is
    'The logins at the service that hosts share (auth.token_store: database), encrypted with the key in auth.token_key_file';
comment on column tokenflex_etl.login.account is 'api.rate_limit.account, or the client id where that is empty';
comment on column tokenflex_etl.login.sealed is
    'Version 1, nonce (12 bytes), AES-256-GCM of the login, tag (16 bytes); bound to account and client_id';
comment on column tokenflex_etl.login.key_id is 'Which key it was encrypted with; says nothing about the key itself';
