-- Says that the session with the nonce $1, which has made a stage for a distributed table, is alive; until its end. Pages are
-- small: they go to each node over one connection, not over one for each shard.
select pg_advisory_lock(hashtextextended('tokenflex-etl stage ' || $1, 0)),
       set_config('citus.multi_shard_modify_mode', 'sequential', false)
