-- Why a run failed, in a form that a program can act on: `status` tells what to do about it.
alter table tokenflex_etl.run
    add column error_kind text,
    add column error_hint text;
comment on column tokenflex_etl.run.error_kind is
    'Kind of a failure, which its exit code goes by: data, unavailable, bug, cannot-create, try-later, stopped, auth or config; died: the runner ended without finishing';
comment on column tokenflex_etl.run.error_hint is 'What the failure''s message advised to do';
