-- The service has answered 429: no request of the account is sent for $2 milliseconds. The limit is lower than assumed,
-- so the saved requests and the rate are halved (the rate down to an eighth); several requests refused at once count as
-- one. $3: whether the caller has used the row before; nothing is changed where such a row is missing.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at, blocked_until, rate_share)
select $1, 0, clock_timestamp(), clock_timestamp() + $2::bigint * interval '1 millisecond', 0.5
 where not $3::boolean or exists (select from tokenflex_etl.request_budget where account = $1)
on conflict (account) do update
   set blocked_until = greatest(bucket.blocked_until, excluded.blocked_until),
       tokens        = case when bucket.blocked_until > clock_timestamp() then bucket.tokens
                            else least(bucket.tokens, bucket.tokens / 2)
                       end,
       rate_share    = case when bucket.blocked_until > clock_timestamp() then bucket.rate_share
                            else greatest(coalesce(bucket.rate_share, 1) / 2, 0.125)
                       end
