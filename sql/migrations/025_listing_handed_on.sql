-- A host of a share that could not get the service's list of contracts lets another host try.
alter table tokenflex_etl.work_round
    add column handed_on bigint[] not null default '{}';
comment on column tokenflex_etl.work_round.handed_on is
    'The members that could not list the chunks, because the service did not give them its list of contracts';
