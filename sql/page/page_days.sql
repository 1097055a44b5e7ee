-- needs: daily_product_usage
-- uses: cloud_usage
-- The tokens of each of the last 400 days that has loaded usage, of desktop and cloud products together: one row per contract,
-- with an array of days and an array of their tokens. Read once for the whole page, because the tables are large: page_burn
-- and page_week take the arrays.
with usage as (
    select contract_number, usage_date, sum(tokens_consumed) as tokens
      from daily_product_usage
     where usage_date >= (now() at time zone 'UTC')::date - 400
     group by contract_number, usage_date
-- if cloud_usage
    union all
    select contract_number, usage_date, sum(tokens_consumed)
      from cloud_usage
     where usage_date >= (now() at time zone 'UTC')::date - 400
     group by contract_number, usage_date
-- end
), day as (
    select contract_number, usage_date, sum(tokens) as tokens
      from usage
     group by contract_number, usage_date
)
select contract_number,
       array_agg(usage_date order by usage_date) as days,
       array_agg(tokens order by usage_date) as tokens
  from day
 group by contract_number
