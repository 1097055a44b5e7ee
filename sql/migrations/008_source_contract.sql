-- What the service keeps of a contract itself is loaded by the same runs as usage.
alter table tokenflex_etl.run
    drop constraint run_source_check,
    add constraint run_source_check check (source in ('query', 'export', 'contract'));
