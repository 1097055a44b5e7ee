-- For run_list.sql, which reads only the first few rows of each index scan. The planner does not know this, and may choose JIT
-- compilation, which takes longer than the statement itself.
set jit = off
