-- Until the end of the transaction no other transaction takes from the account's bucket or reserves requests in it: $1
-- account, $2 capacity.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at)
values ($1, $2::float8, clock_timestamp())
on conflict (account) do update set account = excluded.account
