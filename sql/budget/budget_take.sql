-- Takes one request from an account's bucket: $1 account, $2 requests a minute, $3 capacity, $4 period of a burst in
-- milliseconds (0: the bucket fills at all times), $5 the most that the rate may be, as a share of $2, $6 whether the
-- caller has used the row before. It returns no row where such a row is missing.
--
-- Taking always succeeds. If the bucket is empty, the request is promised for the moment when the bucket will have
-- refilled for it, and the caller waits until then. So waiting runners on all hosts form one queue and do not ask
-- again. Returns the milliseconds to wait for that, and for the end of a 429, by the database's clock.
--
-- The arithmetic is that of budget_level_of() and budget_note_taken() in state/budget.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at)
select $1, $3::float8 - 1, clock_timestamp()
 where not $6::boolean or exists (select from tokenflex_etl.request_budget where account = $1)
on conflict (account) do update
   set (tokens, refilled_at, burst_at, rate_share) =
       (select level - 1,
               clock_timestamp(),
               case when in_period then bucket.burst_at
                    when $4::float8 > 0 and level - 1 < $3::float8 - 1 then clock_timestamp()
               end,
               share
          from (select case when in_period then least($3::float8, flowed, greatest(bucket.tokens, 0) + 1)
                            when $4::float8 > 0 and bucket.burst_at is not null then $3::float8 + least(0, flowed)
                            else least($3::float8, flowed)
                       end as level,
                       in_period, share
                  from (select bucket.tokens + elapsed * share * $2::float8 / 60 as flowed,
                               coalesce(bucket.burst_at + $4::float8 * interval '1 millisecond' > clock_timestamp(),
                                        false) as in_period,
                               share
                          from (select elapsed,
                                       least($5::float8, coalesce(bucket.rate_share, 1) + elapsed / 36000) as share
                                  from (select greatest(0, extract(epoch from clock_timestamp() - bucket.refilled_at))::float8
                                                   as elapsed) clock) rate) flow) now)
returning ceil(case when tokens >= 0 then 0
                    else least(-tokens * 60000 / (coalesce(rate_share, 1) * $2::float8),
                               case when $4::float8 > 0
                                    then 1000 * extract(epoch from burst_at + $4::float8 * interval '1 millisecond'
                                                                   - clock_timestamp())::float8
                                         + greatest(0, -tokens - $3::float8) * 60000
                                           / (coalesce(rate_share, 1) * $2::float8)
                               end)
               end)::bigint as send_in_ms,
          ceil(1000 * greatest(0, extract(epoch from blocked_until - clock_timestamp())))::bigint as blocked_ms
