-- Until the savepoint is rolled back: unqualified names are those of the target's schema $1, and nothing but temporary
-- tables can be written.
select set_config('search_path', quote_ident($1) || ', public', true), set_config('transaction_read_only', 'on', true)
