-- Says that the session with the nonce $1, which has made a stage for a distributed table, is alive; until its end.
select pg_advisory_lock(hashtextextended('tokenflex-etl stage ' || $1, 0))
