-- How many milliseconds this session waits for locks in total: its lock_timeout, or a minute (as in a load) if that is 0.
select coalesce(nullif(setting::bigint, 0), 60000) as lock_timeout_ms from pg_settings where name = 'lock_timeout'
