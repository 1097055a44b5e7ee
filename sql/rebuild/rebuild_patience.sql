-- How many milliseconds this session may wait for locks in all: its lock_timeout, else a minute as a load has it.
select coalesce(nullif(setting::bigint, 0), 60000) from pg_settings where name = 'lock_timeout'
