-- What an account's bucket holds now, and for how many milliseconds a 429 still blocks it: $1 account, $2 requests a
-- minute, $3 capacity. No row: never used.
select least($3::float8, tokens + greatest(0, extract(epoch from clock_timestamp() - refilled_at))::float8
                                  * $2::float8 / 60) as requests,
       ceil(1000 * greatest(0, extract(epoch from blocked_until - clock_timestamp())))::bigint as blocked_ms
  from tokenflex_etl.request_budget
 where account = $1
