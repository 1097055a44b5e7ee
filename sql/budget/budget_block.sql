-- The service has said 429: nobody asks for $2 milliseconds.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at, blocked_until)
values ($1, 0, clock_timestamp(), clock_timestamp() + $2::bigint * interval '1 millisecond')
on conflict (account) do update
   set blocked_until = greatest(bucket.blocked_until, excluded.blocked_until)
