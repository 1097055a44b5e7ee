-- For the load's transaction alone. JIT compilation costs more than it saves here, the joins need memory, and a small
-- statistics sample is enough for the stage. The wait for a lock that a forgotten transaction holds must end with a clear
-- message: after a minute, or after the lock_timeout of the role or database. $1: how many milliseconds are left of the job's
-- timeout (0: no end). The wait for a lock ends a second before the timeout, so that there is time to find out who holds the
-- lock. A statement that the client should have cancelled by then ends a second after the timeout.
select set_config('jit', 'off', true),
       set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) / 1024, 65536)::text, true),
       set_config('maintenance_work_mem', greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 1024, 131072)::text, true),
       set_config('default_statistics_target', '10', true),
       set_config('lock_timeout', least(coalesce(nullif(setting::bigint, 0), 60000),
                                        case when $1::bigint > 0 then greatest($1::bigint - 1000, 1) end)::text, true),
       set_config('statement_timeout', case when $1::bigint > 0 then ($1::bigint + 1000)::text else '0' end, true)
  from pg_settings
 where name = 'lock_timeout'
