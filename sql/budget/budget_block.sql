-- The service has said 429: nobody asks for $2 milliseconds. It grants less than was thought, so what is saved up and
-- the rate are halved (the rate down to an eighth); not for each of several requests that were refused at once.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at, blocked_until, rate_share)
values ($1, 0, clock_timestamp(), clock_timestamp() + $2::bigint * interval '1 millisecond', 0.5)
on conflict (account) do update
   set blocked_until = greatest(bucket.blocked_until, excluded.blocked_until),
       tokens        = case when bucket.blocked_until > clock_timestamp() then bucket.tokens
                            else least(bucket.tokens, bucket.tokens / 2)
                       end,
       rate_share    = case when bucket.blocked_until > clock_timestamp() then bucket.rate_share
                            else greatest(coalesce(bucket.rate_share, 1) / 2, 0.125)
                       end
