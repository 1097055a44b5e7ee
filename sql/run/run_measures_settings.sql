-- For run_measures.sql, which reads the first few rows of each index scan: the planner, which knows no such end, would
-- gather and sort them all, and compile that.
set enable_bitmapscan = off;
set jit = off
