-- Reserves $2 requests of account $1 for $3 milliseconds; deletes expired ones.
with expired as (
    delete from tokenflex_etl.request_reservation where expires_at < clock_timestamp()
)
insert into tokenflex_etl.request_reservation (account, requests, expires_at)
values ($1, $2::integer, clock_timestamp() + $3::bigint * interval '1 millisecond')
returning reservation_id
