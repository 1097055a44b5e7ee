-- The reservation $1 is for $2 requests from now on, for $3 milliseconds.
update tokenflex_etl.request_reservation
   set requests = $2::integer, expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
 where reservation_id = $1::bigint
