select pg_advisory_unlock(hashtextextended('tokenflex-etl run ' || $1, 0))
