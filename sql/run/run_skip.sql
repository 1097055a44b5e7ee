-- Records a skipped chunk: an earlier run finished it ($14 null), or its usage has not changed ($14: the reason).
-- $12: what would be requested; $13: requests spent to find the chunk; $15 and $16: schema and table of its rows;
-- $17: whether --from and --to have given the days.
insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, host, pid, target,
                               invocation_id, chunk, chunks, question_hash, requests, finished_at, skip_reason, window_given,
                               target_id)
values ($1, $2, $3::date, $4::date, $5, 'skipped', $6, $7::integer, $8,
        $9::uuid, nullif($10::integer, 0), nullif($11::integer, 0), encode(sha256(convert_to($12, 'UTF8')), 'hex'),
        $13::bigint, clock_timestamp(), $14::text, $17::boolean,
        (select target_id from tokenflex_etl.target where schema_name = $15 and table_name = $16 and $14::text is not null))
returning run_id
