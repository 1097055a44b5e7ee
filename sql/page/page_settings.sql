-- For this transaction: enough memory to group by the names of tens of thousands of users, and no JIT compilation, which
-- would take longer than it saves.
select set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) / 1024, 65536) || 'kB', true),
       set_config('jit', 'off', true)
