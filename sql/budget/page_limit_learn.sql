-- A new bucket is full: it is dated a day back, so that it has refilled.
insert into tokenflex_etl.request_budget as bucket (account, tokens, refilled_at, max_page_size, max_page_size_at)
values ($1, 0, clock_timestamp() - interval '1 day', $2::integer, clock_timestamp())
on conflict (account) do update
   set max_page_size = excluded.max_page_size, max_page_size_at = excluded.max_page_size_at
