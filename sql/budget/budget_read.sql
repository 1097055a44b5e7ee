-- What an account's bucket held when it was last taken from, how long ago that was, and what is reserved of it: $1
-- account, $2 the reservation that is the caller's own. Times are milliseconds, burst_age_ms -1 where
-- there was no burst. No row: never used.
select tokens,
       greatest(0, extract(epoch from clock_timestamp() - refilled_at))::float8 * 1000 as age_ms,
       case when burst_at is null then -1
            else floor(1000 * greatest(0, extract(epoch from clock_timestamp() - burst_at)))::bigint
       end as burst_age_ms,
       coalesce(rate_share, 1) as rate_share,
       ceil(1000 * greatest(0, extract(epoch from blocked_until - clock_timestamp())))::bigint as blocked_ms,
       reserved.requests as reserved,
       ceil(1000 * greatest(0, extract(epoch from reserved.expires_at - clock_timestamp())))::bigint as reserved_ms
  from tokenflex_etl.request_budget
 cross join (select coalesce(sum(requests), 0) as requests,
                    coalesce(max(expires_at) filter (where requests > 0), clock_timestamp()) as expires_at
               from tokenflex_etl.request_reservation
              where account = $1
                and reservation_id <> $2::bigint
                and expires_at > clock_timestamp()) reserved
 where account = $1
