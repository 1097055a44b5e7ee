-- What a later run needs to take up an export that an earlier one has asked for.
alter table tokenflex_etl.run
    add column source_reason text,
    add column export_name   text,
    add column export_key    text;
comment on column tokenflex_etl.run.source_reason is 'Why the rows came by export; null for a query';
comment on column tokenflex_etl.run.export_name is
    'File name in the request of the export, which no other export has; null when it is no longer needed';
comment on column tokenflex_etl.run.export_key is
    'Request key of the export at the service; null while it is not known, and once it is of no more use';
comment on column tokenflex_etl.run.submitted_at is
    'When the query was submitted, or the export asked for, by this run or the one it took over from';

create index run_export_key_idx on tokenflex_etl.run (export_key) where export_key is not null;
create index run_export_name_idx on tokenflex_etl.run (export_name) where export_name is not null;
