-- Runners that make tables in one schema do so one after the other; held until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('tokenflex-etl ddl ' || $1, 0))
