-- For the rest of this transaction: joins by nested loops over an index. Commands, not set_config(): Citus gives them to
-- its nodes.
set local enable_nestloop to on;
set local enable_hashjoin to off;
set local enable_mergejoin to off
