-- Until the savepoint is rolled back: unqualified names are looked up in the target's schema $1, and only temporary
-- tables can be written.
select set_config('search_path', quote_ident($1) || ', public', true), set_config('transaction_read_only', 'on', true)
