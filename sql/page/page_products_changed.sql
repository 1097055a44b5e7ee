-- needs: monthly_product_users
-- The 10 products of the contract $1 whose tokens differ most between the newest month that is whole and the month before.
-- No row if one of the two months is not whole.
with months as materialized (
-- newest month of monthly_product_users
), product as (
    select u.product_name, months.month, months.month_before,
           sum(u.tokens_consumed) filter (where u.usage_month = months.month) as tokens,
           sum(u.tokens_consumed) filter (where u.usage_month < months.month) as tokens_before
      from monthly_product_users u
      join months on months.has_before and u.usage_month in (months.month, months.month_before)
     where u.contract_number = $1
     group by u.product_name, months.month, months.month_before
)
select case when product_name is null then 'none' else 'item' end as kind, product_name as name,
       to_char(month, 'YYYY-MM') as month, to_char(month_before, 'YYYY-MM') as month_before,
       tokens, tokens_before, coalesce(tokens, 0) - coalesce(tokens_before, 0) as difference,
       round(100 * (coalesce(tokens, 0) - tokens_before) / nullif(tokens_before, 0), 1) as percent
  from product
 where coalesce(tokens, 0) <> coalesce(tokens_before, 0)
 order by abs(coalesce(tokens, 0) - coalesce(tokens_before, 0)) desc, product_name
 limit 10
