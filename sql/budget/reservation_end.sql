-- What the reservation was for has ended.
delete from tokenflex_etl.request_reservation where reservation_id = $1::bigint
