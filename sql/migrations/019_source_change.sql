-- What has moved at the service (GET usage/:n/last): each pair of usage and charge category against its own former values.
-- And what a later run needs to know that a load's data is still the service's.
create table tokenflex_etl.source_change (
    contract_number   text not null,
    usage_category    text not null,
    charge_category   text not null,
    last_usage_date   date,
    last_process_date date,
    seen_at           timestamptz not null,
    is_listed         boolean not null default true,
    primary key (contract_number, usage_category, charge_category)
);
comment on table tokenflex_etl.source_change is
    'The newest answer of GET usage/:n/last for each contract, and since when each pair of usage and charge category is as it is';
comment on column tokenflex_etl.source_change.usage_category is 'By its name of today';
comment on column tokenflex_etl.source_change.last_usage_date is 'Latest day with usage, by the service';
comment on column tokenflex_etl.source_change.last_process_date is
    'Day on which the service last processed usage: compared with its own former value, never with last_usage_date';
comment on column tokenflex_etl.source_change.seen_at is
    'When the pair was first seen with these values, or first missed; later answers that say the same do not change it';
comment on column tokenflex_etl.source_change.is_listed is
    'false: the newest answer no longer has the pair, and the dates are those that it had before';

create table tokenflex_etl.usage_last (
    contract_number text primary key,
    first_asked_at  timestamptz not null,
    asked_at        timestamptz not null
);
comment on table tokenflex_etl.usage_last is
    'Since when tokenflex_etl.source_change is kept for each contract, and when the service was last asked';

alter table tokenflex_etl.run
    add column asked_at    timestamptz,
    add column skip_reason text;
comment on column tokenflex_etl.run.asked_at is
    'Not later than the first submit of the requests whose answers were loaded; -infinity: an answer came from the service''s '
    'cache, so that its data may be of any time before; null: not known';
comment on column tokenflex_etl.run.skip_reason is
    'Of a chunk that was skipped since its usage has not moved (window.skip_unchanged): why that is known; null otherwise';

create index run_target_idx on tokenflex_etl.run (target_id, contract_number, run_id desc) where target_id is not null;
create index run_skip_idx on tokenflex_etl.run (job, contract_number) where skip_reason is not null;
