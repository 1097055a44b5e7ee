-- needs: monthly_custom_field_tokens custom_field_names
create or replace view report_monthly_tokens as
select u.contract_number,
       u.usage_month,
       u.product_name,
       n.name                 as custom_field_name,
       u.custom_field1        as custom_field_value,
       sum(u.tokens_consumed) as tokens_consumed,
       case when min(sum(u.tokens_consumed)) over month >= 0
            then round(100 * sum(u.tokens_consumed) / nullif(sum(sum(u.tokens_consumed)) over month, 0), 2)
       end                    as month_percent,
       coalesce(t.days @> daterange(u.usage_month, (u.usage_month + interval '1 month')::date), false) as month_is_whole
  from monthly_custom_field_tokens u
  left join tokenflex_etl.usage_table t on t.table_id = 'monthly_custom_field_tokens'::regclass
                                       and t.contract_number = u.contract_number
  left join custom_field_names n on n.contract_number = u.contract_number
                                and n.custom_field = 'customField1'
 where t.counts_once is not false
 group by u.contract_number, u.usage_month, u.product_name, n.name, u.custom_field1, t.days
window month as (partition by u.contract_number, u.usage_month);

comment on view report_monthly_tokens is
    'Tokens by month, product and value of the first custom field, of all usage categories together. A table with the rows of every run (mode: append) is left out. From the jobs monthly_custom_field_tokens and custom_field_names. Made by tokenflex-etl init --reports.';
comment on column report_monthly_tokens.usage_month is 'Month of the usage, as its first day; the running month grows';
comment on column report_monthly_tokens.product_name is 'Null for manual entries';
comment on column report_monthly_tokens.custom_field_name is 'What the contract calls the field now; null where it has no name';
comment on column report_monthly_tokens.custom_field_value is 'Null: usage that carries no value of the field';
comment on column report_monthly_tokens.month_percent is
    'Share of all the tokens of the contract in the month, rounded to two places: the rows of a month may miss 100 by a little. Null if a row of the month is below zero, as tokens were given back';
comment on column report_monthly_tokens.month_is_whole is 'The whole month was loaded after it was over';
