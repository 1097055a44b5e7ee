-- needs: contract_years daily_product_usage
-- uses: cloud_usage manual_adjustments
-- The tokens left of the contract $1 in its running year: one row for the beginning of the year, and one for each day from
-- the first to the last day with usage that is loaded. $2 and $3: days and tokens, from page_days. tokens_left of the last day
-- is the figure of the contract's record; of an earlier day it is this figure plus the usage since that day. is_shown: whether
-- the day is the end of a month, or the last day. tokens_in_month: used in the month up to the day. tokens_at_pace: what would
-- be left if every day of the year took equally many tokens.
with year as (
    select contract_number, start_date, end_date,
           provisioned_tokens + coalesce(multiyear_tokens_at_start, 0) as tokens_at_start,
           remaining_tokens + coalesce(multiyear_tokens_at_start, 0) - coalesce(multiyear_consumed_tokens, 0) as tokens_left
      from contract_years
     where contract_number = $1
       and (now() at time zone 'UTC')::date between start_date and end_date
     order by start_date desc
     limit 1
), usage as (
    select u.usage_date, u.tokens
      from year
      join unnest($2::date[], $3::numeric[]) as u (usage_date, tokens) on u.usage_date between year.start_date and year.end_date
), term as (
    select min(usage_date) as first_day, max(usage_date) as last_day from usage
), entry as (
    select usage_date, tokens from usage
-- if manual_adjustments
    union all
    select m.usage_date, m.tokens_consumed
      from year
      join manual_adjustments m on m.contract_number = year.contract_number
      join term on m.usage_date between term.first_day and term.last_day
-- end
), burn as (
    select c.day, coalesce(sum(e.tokens), 0) as tokens_consumed
      from (select first_day + day as day from term, generate_series(0, last_day - first_day) as day) as c
      left join entry e on e.usage_date = c.day
     group by c.day
)
select 'begin' as kind, 'Start of ' || year.start_date as label, year.start_date as day, year.end_date,
       null::numeric as tokens_in_month,
       year.tokens_at_start as tokens_left, year.tokens_at_start as tokens_at_pace,
       true as is_shown
  from year
 where exists (select from burn)
union all
select 'item', burn.day::text, burn.day, year.end_date,
       sum(burn.tokens_consumed) over (partition by date_trunc('month', burn.day) order by burn.day),
       year.tokens_left + sum(burn.tokens_consumed) over () - sum(burn.tokens_consumed) over (order by burn.day),
       round(year.tokens_at_start * (year.end_date - burn.day) / (year.end_date - year.start_date + 1), 2),
       burn.day = term.last_day or extract(day from burn.day + 1) = 1
  from burn
 cross join year
 cross join term
 order by day, kind
