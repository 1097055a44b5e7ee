-- A chunk begins: committed at once, so that a crash leaves a trace.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target)
values ($1, $2, $3::date, $4::date, $5, 'running', $6, $7::integer, $8)
returning run_id
