-- Ends the reservation $1.
delete from tokenflex_etl.request_reservation where reservation_id = $1::bigint
