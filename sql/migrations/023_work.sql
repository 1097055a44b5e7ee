-- The work of hosts that share it (run.share): in rounds, each filled once, and its chunks done by whichever host takes
-- them first.
create table tokenflex_etl.work_round (
    share         text not null,
    round         bigint not null,
    task          text not null,
    today         date not null,
    facts         text[] not null,
    invocation_id uuid not null default gen_random_uuid(),
    opened_at     timestamptz not null default clock_timestamp(),
    filler        bigint,
    filled_at     timestamptz,
    asked         text[],
    closed_at     timestamptz,
    primary key (share, round)
);
comment on table tokenflex_etl.work_round is
    'Rounds of work that hosts share: a run joins the round of its share and task that is not over, or else opens one';
comment on column tokenflex_etl.work_round.task is 'The options and jobs of the command line that all hosts of the round were started with';
comment on column tokenflex_etl.work_round.today is 'The day (UTC) by which the windows of the round are cut';
comment on column tokenflex_etl.work_round.facts is
    'What must be the same on all hosts, one fact an element, each with its name first: version, settings, job definitions';
comment on column tokenflex_etl.work_round.invocation_id is 'As in tokenflex_etl.run: the runs of a round are one invocation, whatever the host';
comment on column tokenflex_etl.work_round.filler is 'The member_id of the host that lists the chunks';
comment on column tokenflex_etl.work_round.filled_at is 'When its chunks were listed in tokenflex_etl.work; null: not yet';
comment on column tokenflex_etl.work_round.asked is
    'The contracts of which the round has learned what has moved (window.skip_unchanged)';
comment on column tokenflex_etl.work_round.closed_at is 'When nothing was left to do, or the round was given up; null: it goes on';

create table tokenflex_etl.work_host (
    member_id   bigint generated always as identity primary key,
    share       text not null,
    round       bigint not null,
    host        text not null,
    pid         integer not null,
    joined_at   timestamptz not null default clock_timestamp(),
    lease_until timestamptz not null,
    left_at     timestamptz
);
create index work_host_round_idx on tokenflex_etl.work_host (share, round);
comment on table tokenflex_etl.work_host is 'The processes that have joined a round';
comment on column tokenflex_etl.work_host.lease_until is 'Until then it counts as being there; renewed while it is';
comment on column tokenflex_etl.work_host.left_at is 'When it ended; null: it has not, or could not say so';

create table tokenflex_etl.work (
    work_id         bigint generated always as identity primary key,
    share           text not null,
    round           bigint not null,
    job             text not null,
    contract_number text not null,
    window_start    date,
    window_end      date,
    chunk           integer not null,
    chunks          integer not null,
    requests_before bigint not null default 0,
    state           text not null,
    host            text,
    lease_until     timestamptz,
    member_id       bigint,
    claim           integer not null default 0,
    claimed_at      timestamptz,
    ended_at        timestamptz,
    run_id          bigint,
    failed_host     text,
    error           text,
    error_kind      text,
    error_hint      text,
    constraint work_state_check check (state in ('waiting', 'running', 'succeeded', 'skipped', 'failed', 'not_begun'))
);
create index work_round_idx on tokenflex_etl.work (share, round, work_id);
comment on table tokenflex_etl.work is 'The chunks of a round, each done by one host';
comment on column tokenflex_etl.work.chunk is 'As in tokenflex_etl.run';
comment on column tokenflex_etl.work.requests_before is 'As in tokenflex_etl.run';
comment on column tokenflex_etl.work.state is
    'waiting, running, succeeded, skipped (nothing to load), failed, not_begun (an earlier chunk of the job and contract failed, or the round was given up)';
comment on column tokenflex_etl.work.host is 'That has taken it last';
comment on column tokenflex_etl.work.lease_until is 'Until then no other host takes it; renewed while its host works on it';
comment on column tokenflex_etl.work.claim is 'How often the chunk was taken. A host whose chunk another host has taken over finds another number here than its own';
comment on column tokenflex_etl.work.run_id is 'The run that works on it, or did';
comment on column tokenflex_etl.work.failed_host is 'The first host that it failed on, where another may try';

alter table tokenflex_etl.run
    add column requested_at timestamptz;
comment on column tokenflex_etl.run.requested_at is
    'First submit of the requests whose answers are loaded; null: none was submitted';
