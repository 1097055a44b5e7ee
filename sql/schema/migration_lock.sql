-- Runners that start together upgrade the schema one after the other.
select pg_advisory_xact_lock(hashtextextended('tokenflex-etl migration', 0))
