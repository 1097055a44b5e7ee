-- The commands by which the nodes of a Citus cluster get what load_settings.sql has set here. A load works on the shards of
-- a node at once.
select 'set local citus.propagate_set_commands to ''local''; set local citus.multi_shard_modify_mode to ''parallel'''
       || string_agg(format('; set local %I to %L', name, current_setting(name)), '' order by name) as commands
  from unnest(array['jit', 'work_mem', 'maintenance_work_mem', 'lock_timeout']) as name
