-- needs: monthly_users
create or replace view report_monthly_users as
select contract_number,
       usage_month,
       unique_users,
       unique_products,
       tokens_consumed,
       round(tokens_consumed / nullif(unique_users, 0), 6) as tokens_per_user,
       (usage_month + interval '1 month')::date <= (now() at time zone 'UTC')::date as month_is_over
  from monthly_users;

comment on view report_monthly_users is
    'Distinct users of a contract by month, as the service counts them for the month alone. Adding up the rows of monthly_product_users or monthly_summary_by_category would count a person once for each product or category, and counting the names in daily tables would miss days that are not loaded. From the job monthly_users. Made by tokenflex-etl init --reports.';
comment on column report_monthly_users.unique_users is
    'Different people with any usage in the month, and different machines for products that are metered by machine (Arnold, render nodes, VRED). Cannot be summed, neither over months nor over contracts';
comment on column report_monthly_users.unique_products is
    'Different products with any usage in the month. Cannot be summed, neither over months nor over contracts';
comment on column report_monthly_users.tokens_per_user is 'tokens_consumed / unique_users, rounded to six places';
comment on column report_monthly_users.month_is_over is 'False for the running month (UTC), which still grows';
