-- The commands by which the nodes of a Citus cluster get what load_settings.sql has set here.
select 'set local citus.propagate_set_commands to ''local''' || string_agg(format('; set local %I to %L', name, current_setting(name)), '' order by name)
           as commands
  from unnest(array['jit', 'work_mem', 'maintenance_work_mem', 'lock_timeout']) as name
