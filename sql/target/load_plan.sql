-- The join methods of this transaction: $1, whether nested loops over an index are allowed, and $2, whether hash and
-- merge joins are.
select set_config('enable_nestloop', $1, true),
       set_config('enable_hashjoin', $2, true),
       set_config('enable_mergejoin', $2, true)
