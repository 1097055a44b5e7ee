-- Until the end of the transaction no other host opens or joins a round of the share $1.
select pg_advisory_xact_lock(hashtextextended('tokenflex-etl share ' || $1, 0))
