-- For the transaction: memory in which the names of some ten thousand users are added up, and no compilation, which takes longer
-- than it saves.
select set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) / 1024, 65536) || 'kB', true),
       set_config('jit', 'off', true)
