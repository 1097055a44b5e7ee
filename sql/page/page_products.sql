-- needs: monthly_product_users
-- The 15 products of the contract $1 with the most tokens in the newest whole month (if no month is whole, in the newest
-- month); then one row for all other products, also those that only the month before has, and one row for the total. Rows
-- without a product are manual entries. tokens_before and difference are null unless both months are whole.
with months as materialized (
-- newest month of monthly_product_users
), product as (
    select u.product_name, months.month, months.month_before, months.has_before,
           max(u.unique_users) filter (where u.usage_month = months.month) as unique_users,
           sum(u.tokens_consumed) filter (where u.usage_month = months.month) as tokens,
           sum(u.tokens_consumed) filter (where u.usage_month = months.month_before) as tokens_before
      from monthly_product_users u
      join months on u.usage_month = months.month or (u.usage_month = months.month_before and months.has_before)
     where u.contract_number = $1
     group by u.product_name, months.month, months.month_before, months.has_before
), ranked as (
    -- No shares if a figure is below zero, because tokens were given back.
    select *, row_number() over (order by tokens desc nulls last, product_name) as place,
           case when min(tokens) over () >= 0 then sum(tokens) over () end as tokens_of_all
      from product
), line as (
    select place, case when product_name is null then 'none' else 'item' end as kind, product_name as name, 1 as members,
           month, month_before, has_before, unique_users, tokens, tokens_before, tokens_of_all
      from ranked
     where place <= 15
       and tokens is not null
    union all
    select 16, 'others', null, count(*), min(month), min(month_before), bool_and(has_before), null, coalesce(sum(tokens), 0),
           sum(tokens_before), min(tokens_of_all)
      from ranked
     where place > 15
        or tokens is null
    having count(*) > 0
    union all
    select 17, 'total', null, count(*), min(month), min(month_before), bool_and(has_before), null, sum(tokens),
           sum(tokens_before), min(tokens_of_all)
      from ranked
    having count(tokens) > 0
)
select kind, name, members, to_char(month, 'YYYY-MM') as month, to_char(month_before, 'YYYY-MM') as month_before, unique_users,
       tokens, round(100 * tokens / nullif(tokens_of_all, 0), 1) as percent, tokens_before,
       case when has_before then tokens - coalesce(tokens_before, 0) end as difference
  from line
 order by place
