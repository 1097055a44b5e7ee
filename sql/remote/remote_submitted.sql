-- Where the service keeps the query, before it is polled for the first time: $3 is its age in milliseconds, above 0
-- when it was taken over; $4 the body.
update tokenflex_etl.run
   set remote = $2,
       submitted_at = clock_timestamp() - $3::bigint * interval '1 millisecond',
       body_hash = encode(sha256(convert_to($4, 'UTF8')), 'hex')
 where run_id = $1::bigint
