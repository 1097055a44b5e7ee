-- Changes the reservation $1: $2 requests, which are reserved for $3 milliseconds from now.
update tokenflex_etl.request_reservation
   set requests = $2::integer, expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
 where reservation_id = $1::bigint
