-- needs: contracts contract_years monthly_summary_by_category
create or replace view report_contract_balance as
with usage as (
    select s.contract_number, s.contract_year, sum(s.tokens_consumed) as tokens_consumed,
           min(s.usage_month) as first_month, max(s.usage_month) as last_month
      from monthly_summary_by_category s
      left join tokenflex_etl.usage_table t on t.table_id = 'monthly_summary_by_category'::regclass
                                           and t.contract_number = s.contract_number
     where t.problem is null
     group by s.contract_number, s.contract_year
), today as (
    select (now() at time zone 'UTC')::date as day
)
select y.contract_number,
       c.contract_name,
       y.year                                      as contract_year,
       y.start_date,
       y.end_date,
       today.day between y.start_date and y.end_date as is_running,
       round(100.0 * least(greatest(today.day - y.start_date, 0), y.end_date - y.start_date + 1)
                   / nullif(y.end_date - y.start_date + 1, 0), 2) as elapsed_percent,
       y.provisioned_tokens,
       y.consumed_tokens,
       y.remaining_tokens,
       round(100 * (y.consumed_tokens + coalesce(y.multiyear_consumed_tokens, 0))
                 / nullif(y.provisioned_tokens + coalesce(y.multiyear_tokens_at_start, 0), 0), 2) as consumed_percent,
       y.multiyear_tokens_at_start,
       y.multiyear_consumed_tokens,
       y._synced_at                                as changed_at,
       u.tokens_consumed                           as usage_tokens_consumed,
       u.first_month                               as usage_first_month,
       u.last_month                                as usage_last_month,
       y.remaining_tokens + coalesce(y.multiyear_tokens_at_start, 0)
                          - coalesce(y.multiyear_consumed_tokens, 0) as tokens_left
  from contract_years y
 cross join today
  left join contracts c on c.contract_number = y.contract_number
  left join usage u on u.contract_number = y.contract_number and u.contract_year = y.year
  left join tokenflex_etl.usage_table t on t.table_id = 'contract_years'::regclass and t.contract_number = y.contract_number
 where t.counts_once is not false;

comment on view report_contract_balance is
    'Tokens of each contract year: what the service''s contract record says, and beside it the usage that is loaded. The two may differ: the record is a snapshot, and the usage holds the months from usage_first_month to usage_last_month alone. Tables that cannot be added up are left out: report_freshness says why. From the jobs contracts, contract_years and monthly_summary_by_category. Made by tokenflex-etl init --reports.';
comment on column report_contract_balance.elapsed_percent is 'Days of the year that are over, of all its days; compare with consumed_percent';
comment on column report_contract_balance.consumed_tokens is 'By the contract record: a snapshot, which may differ from the total of the usage. Without multi-year tokens, which multiyear_consumed_tokens counts apart';
comment on column report_contract_balance.remaining_tokens is 'By the contract record: a snapshot, which may differ from the total of the usage. Without multi-year tokens: tokens_left has what is left in all';
comment on column report_contract_balance.tokens_left is 'What is left in all: remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens';
comment on column report_contract_balance.consumed_percent is 'consumed_tokens + multiyear_consumed_tokens of provisioned_tokens + multiyear_tokens_at_start, rounded to two places';
comment on column report_contract_balance.changed_at is 'When the record of the year was last seen to have changed';
comment on column report_contract_balance.usage_tokens_consumed is
    'Sum of the loaded usage, manual entries included. It differs from consumed_tokens by design: that is a snapshot of the record, without multi-year tokens. It has the whole year only when all its months are: tokenflex-etl run monthly_summary_by_category with --from and --to';
comment on column report_contract_balance.usage_first_month is 'First month of the year with usage that is loaded';
comment on column report_contract_balance.usage_last_month is 'Last month of the year with usage that is loaded';
