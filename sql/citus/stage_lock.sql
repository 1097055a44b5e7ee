-- A lock that shows until the end of this session that it is alive: $1 is the nonce of the session, which has created a stage
-- for a distributed table. Pages are small: they go to each node over one connection, not over one for each shard.
select pg_advisory_lock(hashtextextended('tokenflex-etl stage ' || $1, 0)),
       set_config('citus.multi_shard_modify_mode', 'sequential', false)
