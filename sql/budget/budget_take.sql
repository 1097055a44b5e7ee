-- Takes one request from an account's bucket: $1 account, $2 requests a minute, $3 burst.
--
-- Taking always succeeds; where nothing is left the request is promised for the moment at which the bucket will have
-- refilled that far, and the caller waits until then. So waiting runners stand in one line, whatever host they are on,
-- without asking again. Answers the milliseconds to wait, by the database's clock.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at)
values ($1, $3::float8 - 1, clock_timestamp())
on conflict (account) do update
   set tokens      = least($3::float8,
                           bucket.tokens + greatest(0, extract(epoch from clock_timestamp() - bucket.refilled_at))::float8
                                           * $2::float8 / 60) - 1,
       refilled_at = clock_timestamp()
returning ceil(1000 * greatest(0, -tokens * 60 / $2::float8,
                               extract(epoch from blocked_until - clock_timestamp())::float8))::bigint as wait_ms
