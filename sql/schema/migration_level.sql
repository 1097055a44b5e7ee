-- The newest migration applied.
select coalesce(max(number), 0) from tokenflex_etl.migration
