-- needs: daily_product_usage
-- uses: cloud_usage
-- The 100 names of the contract $1 with the most tokens in this month (UTC) and the eleven months before; then one row for all
-- other names, and one row for the total.
with term as (
    select (date_trunc('month', (now() at time zone 'UTC')::date) - interval '11 months')::date as first_day
), usage as (
    select u.user_name, sum(u.tokens_consumed) as desktop, null::numeric as cloud, max(u.usage_date) as last_day
      from daily_product_usage u
     where u.contract_number = $1
       and u.usage_date >= (select first_day from term)
     group by u.user_name
-- if cloud_usage
    union all
    select u.user_name, null, sum(u.tokens_consumed), max(u.usage_date)
      from cloud_usage u
     where u.contract_number = $1
       and u.usage_date >= (select first_day from term)
     group by u.user_name
-- end
), named as (
    select user_name, sum(desktop) as desktop, sum(cloud) as cloud, coalesce(sum(desktop), 0) + coalesce(sum(cloud), 0) as tokens,
           max(last_day) as last_day
      from usage
     group by user_name
), ranked as (
    -- No shares if a figure is below zero, because tokens were given back.
    select *, row_number() over (order by tokens desc, user_name) as place,
           case when min(tokens) over () >= 0 then sum(tokens) over () end as tokens_of_all
      from named
), line as (
    select place, case when user_name is null then 'none' else 'item' end as kind, user_name as name, 1 as members, desktop, cloud,
           tokens, last_day, tokens_of_all
      from ranked
     where place <= 100
    union all
    select 101, 'others', null, count(*), sum(desktop), sum(cloud), sum(tokens), max(last_day), min(tokens_of_all)
      from ranked
     where place > 100
    having count(*) > 0
    union all
    select 102, 'total', null, count(*), sum(desktop), sum(cloud), sum(tokens), max(last_day), min(tokens_of_all)
      from ranked
    having count(*) > 0
)
select kind, name, members, desktop, cloud, tokens, round(100 * tokens / nullif(tokens_of_all, 0), 1) as percent, last_day
  from line
 order by place
