-- For the rest of this transaction: hash and merge joins, which read each side once.
set local enable_nestloop to off;
set local enable_hashjoin to on;
set local enable_mergejoin to on
