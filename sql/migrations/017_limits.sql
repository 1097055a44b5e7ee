-- One burst per period; a rate that is lower after an answer 429; requests reserved for results in progress at the service.
alter table tokenflex_etl.request_budget
    add column burst_at   timestamptz,
    add column rate_share double precision;
comment on column tokenflex_etl.request_budget.burst_at is
    'When the last burst began: until api.rate_limit.period is over no more than one request is saved up';
comment on column tokenflex_etl.request_budget.rate_share is
    'The rate at refilled_at, as a share of api.rate_limit.per_minute: halved by an answer 429, regained at a tenth an hour; null: 1';

create table tokenflex_etl.request_reservation (
    reservation_id bigint generated always as identity primary key,
    account        text not null,
    requests       integer not null,
    expires_at     timestamptz not null,
    reserved_at    timestamptz not null default clock_timestamp(),
    application    text not null default current_setting('application_name')
);
create index on tokenflex_etl.request_reservation (account);
comment on table tokenflex_etl.request_reservation is
    'Requests that results under way at the service will take: nothing else is submitted that would leave too few for them';
comment on column tokenflex_etl.request_reservation.expires_at is
    'When the result is gone at the latest: then the reservation of a process that was killed no longer counts';
