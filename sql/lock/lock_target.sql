-- One runner per table and contract, for as long as the session lives. $1: what is locked, in words.
select pg_try_advisory_lock(hashtextextended('tokenflex-etl ' || $1, 0)) as taken
