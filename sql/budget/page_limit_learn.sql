-- A new bucket is full: it is dated a day back, so that it has refilled. $3: whether the caller has used the row before;
-- nothing is changed where such a row is missing.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at, max_page_size, max_page_size_at)
select $1, 0, clock_timestamp() - interval '1 day', $2::integer, clock_timestamp()
 where not $3::boolean or exists (select from tokenflex_etl.request_budget where account = $1)
on conflict (account) do update
   set max_page_size = excluded.max_page_size, max_page_size_at = excluded.max_page_size_at
