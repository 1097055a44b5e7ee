-- A chunk begins: committed at once, so that a crash leaves a trace. $12: what is asked; $13: the same over
-- any days; $14: requests that were spent before; $15: whether --from and --to, or a repair, have given the days.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target,
                               invocation_id, chunk, chunks, question_hash, query_hash, requests_before,
                               window_given)
values ($1, $2, $3::date, $4::date, $5, 'running', $6, $7::integer, $8,
        $9::uuid, nullif($10::integer, 0), nullif($11::integer, 0), encode(sha256(convert_to($12, 'UTF8')), 'hex'),
        encode(sha256(convert_to($13, 'UTF8')), 'hex'), $14::bigint, $15::boolean)
returning run_id
