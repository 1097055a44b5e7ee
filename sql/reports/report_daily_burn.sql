-- needs: daily_product_usage
-- uses: cloud_usage manual_adjustments
create or replace view report_daily_burn as
with entry as (
    select contract_number, usage_date, tokens_consumed as desktop, null::numeric as cloud, null::numeric as manual
      from daily_product_usage
-- if cloud_usage
    union all
    select contract_number, usage_date, null, tokens_consumed, null
      from cloud_usage
-- end
-- if manual_adjustments
    union all
    select contract_number, usage_date, null, null, tokens_consumed
      from manual_adjustments
-- end
), term as (
    -- Manual entries go back a year and more. They do not extend the calendar: otherwise days whose usage was never
    -- loaded would be in it.
    select contract_number, min(usage_date) as first_day, max(usage_date) as last_day
      from entry
     where manual is null
     group by contract_number
), calendar as (
    select contract_number, first_day + day as usage_date
      from term, generate_series(0, last_day - first_day) as day
), held as (
    -- The days that were loaded. If cloud_usage or manual_adjustments does not exist, all its days count as loaded, with 0
    -- tokens.
    select contract_number,
           coalesce(range_agg(usable_days) filter (where stands_for = 'desktop'), '{}')   as desktop,
           coalesce(range_agg(usable_days) filter (where stands_for = 'cloud'), '{(,)}')  as cloud,
           coalesce(range_agg(usable_days) filter (where stands_for = 'manual'), '{(,)}') as manual
      from tokenflex_etl.usage_table
     where table_id = 'daily_product_usage'::regclass
-- if cloud_usage
        or table_id = 'cloud_usage'::regclass
-- end
-- if manual_adjustments
        or table_id = 'manual_adjustments'::regclass
-- end
     group by contract_number
), burn as (
    select c.contract_number, c.usage_date,
           case when h.desktop @> c.usage_date then coalesce(sum(e.desktop), 0) end as desktop_tokens,
           case when h.cloud @> c.usage_date then coalesce(sum(e.cloud), 0) end     as cloud_tokens,
           case when h.manual @> c.usage_date then coalesce(sum(e.manual), 0) end   as manual_tokens
      from calendar c
      left join held h on h.contract_number = c.contract_number
      left join entry e on e.contract_number = c.contract_number and e.usage_date = c.usage_date
     group by c.contract_number, c.usage_date, h.desktop, h.cloud, h.manual
), added as (
    select *, desktop_tokens + cloud_tokens + manual_tokens as tokens_consumed from burn
), summed as (
    select *, case when count(tokens_consumed) over last_28_days = 28 then sum(tokens_consumed) over last_28_days end
                  as tokens_28_days
      from added
    window last_28_days as (partition by contract_number order by usage_date rows between 27 preceding and current row)
)
select contract_number, usage_date, desktop_tokens, cloud_tokens, manual_tokens, tokens_consumed, tokens_28_days,
       round(tokens_28_days / 28, 6) as average_28_days,
       round((tokens_28_days - lag(tokens_28_days, 28) over (partition by contract_number order by usage_date)) / 28, 6)
           as trend_28_days
  from summed;

comment on view report_daily_burn is
    'Tokens of each day, desktop, cloud and manual entries, with the moving average of 28 days (four whole weeks: weekends weigh the same in each) and how it has changed. Every day from the first to the last with usage is there, with 0 where there was none, and null where it was not loaded after it was over, or where the table cannot be added up (report_freshness says why). What has no table is 0. From the jobs daily_product_usage, cloud_usage and manual_adjustments. Made by tokenflex-etl init --reports.';
comment on column report_daily_burn.usage_date is 'Day of the usage; the last days are restated as late reports arrive';
comment on column report_daily_burn.desktop_tokens is 'Null: the day was not loaded after it was over';
comment on column report_daily_burn.cloud_tokens is 'Null: the day was not loaded after it was over; 0 if there is no table cloud_usage';
comment on column report_daily_burn.manual_tokens is 'Booked by hand for the day; below zero where tokens were given back; null: the day was not loaded; 0 if there is no table manual_adjustments';
comment on column report_daily_burn.tokens_consumed is 'desktop_tokens + cloud_tokens + manual_tokens; null if one of them is';
comment on column report_daily_burn.tokens_28_days is
    'Sum of tokens_consumed over the 28 days that end with this one, exact; null before there are so many, and if one of them is not known. Cannot be summed over rows';
comment on column report_daily_burn.average_28_days is 'tokens_28_days / 28, rounded to six places: tokens a day';
comment on column report_daily_burn.trend_28_days is
    'average_28_days less that of 28 days before: above zero the burn grows. Null before there are 56 days, and if one of them is not known';
