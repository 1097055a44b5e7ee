-- The newest migration applied.
select coalesce(max(number), 0) as level from tokenflex_etl.migration
