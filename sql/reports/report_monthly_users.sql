-- needs: monthly_users
create or replace view report_monthly_users as
select m.contract_number,
       m.usage_month,
       m.unique_users,
       m.unique_products,
       m.tokens_consumed,
       case when not t.has_manual then round(m.tokens_consumed / nullif(m.unique_users, 0), 6) end as tokens_per_user,
       next.month <= (now() at time zone 'UTC')::date as month_is_over,
       coalesce(t.days @> daterange(m.usage_month, next.month), false) as month_is_whole
  from monthly_users m
 cross join lateral (select (m.usage_month + interval '1 month')::date as month) next
  left join tokenflex_etl.usage_table t on t.table_id = 'monthly_users'::regclass and t.contract_number = m.contract_number
 where t.counts_once is not false;

comment on view report_monthly_users is
    'Distinct users of a contract by month, as the service counts them for the month alone. Adding up the rows of monthly_product_users or monthly_summary_by_category would count a person once for each product or category, and counting the names in daily tables would miss days that are not loaded. A table with the rows of every run (mode: append) is left out. From the job monthly_users. Made by tokenflex-etl init --reports.';
comment on column report_monthly_users.unique_users is
    'Different people with any usage in the month, and different machines for products that are metered by machine (Arnold, render nodes, VRED). Cannot be summed, neither over months nor over contracts';
comment on column report_monthly_users.unique_products is
    'Different products with any usage in the month. Cannot be summed, neither over months nor over contracts';
comment on column report_monthly_users.tokens_per_user is 'tokens_consumed / unique_users, rounded to six places; null if the table has manual entries, too: the job must name the categories of usage';
comment on column report_monthly_users.month_is_over is 'False for the running month (UTC), which still grows';
comment on column report_monthly_users.month_is_whole is 'The whole month was loaded after it was over';
