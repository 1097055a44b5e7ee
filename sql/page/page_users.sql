-- needs: monthly_users
-- The number of names with usage of the contract $1 in each of the last 13 months that are loaded, as the service counts
-- them. Months of which not every day was loaded after it was over are included. tokens_per_user is null if the table also
-- has manual entries.
select case when u.days @> daterange(m.usage_month, (m.usage_month + interval '1 month')::date)
            then 'item' else 'running' end as kind,
       m.usage_month, m.unique_users, m.unique_products, m.tokens_consumed,
       case when not u.has_manual then round(m.tokens_consumed / nullif(m.unique_users, 0), 2) end as tokens_per_user
  from monthly_users m
  left join tokenflex_etl.usage_table u on u.table_id = 'monthly_users'::regclass and u.contract_number = m.contract_number
 where m.contract_number = $1
   and m.usage_month > (select max(usage_month) - interval '13 months' from monthly_users where contract_number = $1)
 order by m.usage_month
