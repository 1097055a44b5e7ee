select pg_advisory_unlock(hashtextextended('tokenflex-etl ' || $1, 0))
