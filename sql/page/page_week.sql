-- needs: daily_product_usage
-- uses: cloud_usage
-- Tokens of each day of this week (UTC) and of the 25 weeks before, one row per week that has loaded usage. $2 and $3: days and
-- tokens, from page_days. A day without rows in the tables is null.
with usage as (
    select usage_date, tokens
      from unnest($2::date[], $3::numeric[]) as u (usage_date, tokens)
     where usage_date >= date_trunc('week', (now() at time zone 'UTC')::date)::date - 25 * 7
       and $1::text is not null
)
select to_char(usage_date, 'IYYY-"W"IW') as week,
       date_trunc('week', usage_date)::date as monday,
       sum(tokens) filter (where extract(isodow from usage_date) = 1) as mon,
       sum(tokens) filter (where extract(isodow from usage_date) = 2) as tue,
       sum(tokens) filter (where extract(isodow from usage_date) = 3) as wed,
       sum(tokens) filter (where extract(isodow from usage_date) = 4) as thu,
       sum(tokens) filter (where extract(isodow from usage_date) = 5) as fri,
       sum(tokens) filter (where extract(isodow from usage_date) = 6) as sat,
       sum(tokens) filter (where extract(isodow from usage_date) = 7) as sun,
       sum(tokens) as total
  from usage
 group by 1, 2
 order by 2
