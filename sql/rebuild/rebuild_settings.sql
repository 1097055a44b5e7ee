-- For a transaction that looks at a table to be replaced, or replaces it: whatever is printed of a definition names its
-- schema, and a lock is waited for $1 milliseconds.
select set_config('search_path', 'pg_catalog', true), set_config('lock_timeout', $1, true)
