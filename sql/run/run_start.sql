-- A chunk begins: committed at once, so that a crash leaves a trace. $9: what is asked; $10: the same over
-- any days; $11: requests that were spent before.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target,
                               question_hash, query_hash, requests_before)
values ($1, $2, $3::date, $4::date, $5, 'running', $6, $7::integer, $8, encode(sha256(convert_to($9, 'UTF8')), 'hex'),
        encode(sha256(convert_to($10, 'UTF8')), 'hex'), $11::bigint)
returning run_id
