-- needs: monthly_users
-- The names with usage of the contract $1 in each of the last 13 months that are loaded, as the service counts them. The
-- running month is among them.
select case when (usage_month + interval '1 month')::date <= (now() at time zone 'UTC')::date
            then 'item' else 'running' end as kind,
       usage_month, unique_users, unique_products, tokens_consumed,
       round(tokens_consumed / nullif(unique_users, 0), 2) as tokens_per_user
  from monthly_users
 where contract_number = $1
   and usage_month > (select max(usage_month) - interval '13 months' from monthly_users where contract_number = $1)
 order by usage_month
