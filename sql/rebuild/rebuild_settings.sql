-- For a transaction that reads about a table to be replaced, or replaces it: printed definitions include schema names, and the
-- lock timeout is $1 milliseconds.
select set_config('search_path', 'pg_catalog', true), set_config('lock_timeout', $1, true)
