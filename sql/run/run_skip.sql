-- A chunk that is finished already. $12: what would be asked; $13: requests spent to find out about the chunk.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target,
                               invocation_id, chunk, chunks, question_hash, requests, finished_at)
values ($1, $2, $3::date, $4::date, $5, 'skipped', $6, $7::integer, $8,
        $9::uuid, nullif($10::integer, 0), nullif($11::integer, 0), encode(sha256(convert_to($12, 'UTF8')), 'hex'),
        $13::bigint, clock_timestamp())
returning run_id
