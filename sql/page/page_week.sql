-- needs: daily_product_usage cloud_usage
-- Tokens of each day of the last 26 weeks of the contract $1 with usage that is loaded, a row a week. A day on which the
-- tables have no row is null.
with newest as (
    select max(usage_date) as day
      from (select max(usage_date) as usage_date from daily_product_usage where contract_number = $1
            union all
            select max(usage_date) from cloud_usage where contract_number = $1) as days
), term as (
    select date_trunc('week', day)::date - 25 * 7 as first_day from newest
), usage as (
    select u.usage_date, sum(u.tokens_consumed) as tokens
      from daily_product_usage u
      join term on u.usage_date >= term.first_day
     where u.contract_number = $1
     group by u.usage_date
    union all
    select u.usage_date, sum(u.tokens_consumed)
      from cloud_usage u
      join term on u.usage_date >= term.first_day
     where u.contract_number = $1
     group by u.usage_date
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
