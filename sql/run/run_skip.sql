-- A chunk that is finished already. $9: what would be asked; $10: requests spent to find out about the chunk.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target,
                               question_hash, requests, finished_at)
values ($1, $2, $3::date, $4::date, $5, 'skipped', $6, $7::integer, $8,
        encode(sha256(convert_to($9, 'UTF8')), 'hex'), $10::bigint, clock_timestamp())
returning run_id
