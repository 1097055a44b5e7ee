-- How many milliseconds this session waits for locks in all: its lock_timeout, else a minute as a load does.
select coalesce(nullif(setting::bigint, 0), 60000) as lock_timeout_ms from pg_settings where name = 'lock_timeout'
