-- Until the end of the transaction no other transaction takes from the account's bucket; reservations are not held up. $1
-- account, $2 capacity, $3 whether the caller has used the row before. It touches no row where such a row is missing.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at)
select $1, $2::float8, clock_timestamp()
 where not $3::boolean or exists (select from tokenflex_etl.request_budget where account = $1)
on conflict (account) do update set account = excluded.account
