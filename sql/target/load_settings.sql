-- For the load's transaction alone: JIT costs more than it brings here, the joins want memory, a small sample
-- tells enough of the stage, and a transaction that someone forgot must end this load in a clear message, not hang the
-- night: after a minute, or after what the role or database has set.
select set_config('jit', 'off', true),
       set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) / 1024, 65536)::text, true),
       set_config('maintenance_work_mem', greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 1024, 131072)::text, true),
       set_config('default_statistics_target', '10', true),
       set_config('lock_timeout', coalesce(nullif(current_setting('lock_timeout'), '0'), '60s'), true)
