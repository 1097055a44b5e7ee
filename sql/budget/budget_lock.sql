-- Until the end of the transaction nobody else takes from the account's bucket, or reserves of it: $1 account, $2
-- capacity.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at)
values ($1, $2::float8, clock_timestamp())
on conflict (account) do update set account = excluded.account
