-- needs: monthly_users
-- The names with usage of the contract $1 in each of the last 13 months that are loaded, as the service counts them. Months
-- that are not whole, as not every day was loaded after it was over, are among them.
select case when exists (select
                           from tokenflex_etl.usage_table u
                          where u.table_id = 'monthly_users'::regclass
                            and u.contract_number = $1
                            and u.days @> daterange(usage_month, (usage_month + interval '1 month')::date))
            then 'item' else 'running' end as kind,
       usage_month, unique_users, unique_products, tokens_consumed,
       round(tokens_consumed / nullif(unique_users, 0), 2) as tokens_per_user
  from monthly_users
 where contract_number = $1
   and usage_month > (select max(usage_month) - interval '13 months' from monthly_users where contract_number = $1)
 order by usage_month
