-- Stores where the service keeps the query of the run $1, before its first poll: $2 the address, $3 the query's age in
-- milliseconds, above 0 if it is resumed from the run $5; $4 the body; $6: the service had its result at once, from its
-- cache; $7: milliseconds that the answer to the submit took.
update tokenflex_etl.run own
   set remote = $2,
       submitted_at = clock_timestamp() - $3::bigint * interval '1 millisecond',
       requested_at = least(own.requested_at, clock_timestamp() - ($3::bigint + $7::bigint) * interval '1 millisecond'),
       body_hash = encode(sha256(convert_to($4, 'UTF8')), 'hex'),
       asked_at = case when $6::boolean then '-infinity'
                       else least(own.asked_at, (select least(earlier.asked_at, earlier.started_at)
                                                   from tokenflex_etl.run earlier
                                                  where earlier.run_id = $5::bigint)) end
 where run_id = $1::bigint
