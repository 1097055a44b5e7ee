-- The contracts that the service listed last: for what has to know them without a request. And which requests of a run are
-- no part of its chunk, so that they are not expected of the next one.
create table tokenflex_etl.contract (
    account         text not null,
    contract_number text not null,
    is_active       boolean not null,
    listed_at       timestamptz not null,
    primary key (account, contract_number)
);
comment on table tokenflex_etl.contract is 'Contracts as the service listed them for `contract: active` and `contract: all`';
comment on column tokenflex_etl.contract.listed_at is 'When the service listed the contract; the rows of one list have the same time. Older rows are of contracts that are no longer listed';

alter table tokenflex_etl.run
    add column requests_before bigint not null default 0;
comment on column tokenflex_etl.run.requests_before is 'Of the requests, those spent to find out which contracts there are';
