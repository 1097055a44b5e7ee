-- For run_list.sql, which reads the first few rows of each index scan: the planner, which knows no such end, may find it worth
-- compiling, and that takes longer than the statement itself.
set jit = off
