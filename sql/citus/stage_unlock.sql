-- Undoes what stage_left.sql has locked.
select pg_advisory_unlock(hashtextextended('tokenflex-etl stage ' || $1, 0))
