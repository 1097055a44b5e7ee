-- How this transaction's joins go: $1, whether by nested loops over an index, and $2, whether by hashing or merging.
select set_config('enable_nestloop', $1, true),
       set_config('enable_hashjoin', $2, true),
       set_config('enable_mergejoin', $2, true)
