-- needs: contract_years daily_product_usage
-- uses: cloud_usage daily_product_usage_history cloud_usage_history
--
-- The method is explained in etl/docs/forecast.md. Lines between `-- if TABLE` and `-- end` are part of the view only if the
-- table exists.
create or replace view report_forecast as
with today as (
    select now() as moment, (now() at time zone 'UTC')::date as day
), loaded as (
    -- The tables of usage, and which days of each contract they hold.
    select t.stands_for as source, t.contract_number, t.table_name, t.usable_days as days, t.shipped_problem, t.remark,
           h.complete_since
      from tokenflex_etl.usage_table t
      left join tokenflex_etl.target_history h on h.schema_name = t.schema_name and h.table_name = t.table_name
                                              and h.ended_at is null
     where t.table_id = 'daily_product_usage'::regclass
-- if cloud_usage
        or t.table_id = 'cloud_usage'::regclass
-- end
), remark as (
    select l.contract_number, string_agg(l.table_name || ' ' || r.words, '; ' order by l.table_name desc, r.words) as words
      from loaded l
     cross join today
     cross join lateral (values (l.remark),
                                (case when l.shipped_problem is null and l.days = '{}' then 'has no day that is over'
                                      when upper(l.days) <= today.day - 14 then format('has no day after %s', upper(l.days) - 1)
                                 end)) as r (words)
     where r.words is not null
     group by l.contract_number
), known as materialized (
    select 'desktop' as source, contract_number, usage_date, sum(tokens_consumed)::numeric as tokens, _synced_at as valid_from,
           'infinity'::timestamptz as valid_to
      from daily_product_usage
     where usage_date >= (now() at time zone 'UTC')::date - 420
     group by contract_number, usage_date, _synced_at
-- if cloud_usage
    union all
    select 'cloud', contract_number, usage_date, sum(tokens_consumed), _synced_at, 'infinity'
      from cloud_usage
     where usage_date >= (now() at time zone 'UTC')::date - 420
     group by contract_number, usage_date, _synced_at
-- end
-- if daily_product_usage_history
    union all
    select 'desktop', contract_number, usage_date, sum(tokens_consumed), _valid_from, _valid_to
      from daily_product_usage_history
     where usage_date >= (now() at time zone 'UTC')::date - 98
     group by contract_number, usage_date, _valid_from, _valid_to
-- end
-- if cloud_usage_history
    union all
    select 'cloud', contract_number, usage_date, sum(tokens_consumed), _valid_from, _valid_to
      from cloud_usage_history
     where usage_date >= (now() at time zone 'UTC')::date - 98
     group by contract_number, usage_date, _valid_from, _valid_to
-- end
), present as materialized (
    select source, contract_number, usage_date, sum(tokens) as tokens
      from known
     where valid_to = 'infinity'
     group by source, contract_number, usage_date
), past as (
    -- Of each day that is 29 to 98 days old: the tokens that were known when it was 1 to 14 days old (age).
    select l.source, l.contract_number, age, k.usage_date, sum(k.tokens) as tokens
      from loaded l
     cross join today
     cross join generate_series(1, 14) as age
      join known k on k.source = l.source and k.contract_number = l.contract_number
                  and k.usage_date between today.day - 98 and today.day - 29
     cross join lateral (select today.moment - make_interval(days => today.day - age - k.usage_date) as moment) seen
     where seen.moment >= l.complete_since
       and k.valid_from <= seen.moment
       and k.valid_to > seen.moment
     group by l.source, l.contract_number, age, k.usage_date
), completeness as (
    select source, contract_number, p.age, sum(p.tokens) / nullif(sum(f.tokens), 0) as ratio
      from past p
      join present f using (source, contract_number, usage_date)
     group by source, contract_number, p.age
    having count(*) >= 14
), usage as materialized (
    -- Only complete days. Without a history the newest three days do not count as complete.
    select l.contract_number, day.usage_date, sum(coalesce(u.tokens, 0) / nullif(coalesce(c.ratio, 1), 0)) as tokens
      from loaded l
     cross join today
     cross join lateral (select today.day - age as usage_date, age from generate_series(1, 420) as age) day
      left join present u on u.source = l.source and u.contract_number = l.contract_number and u.usage_date = day.usage_date
      left join completeness c on c.source = l.source and c.contract_number = l.contract_number and c.age = day.age
     group by l.contract_number, day.usage_date
    having bool_and(l.days @> day.usage_date and (day.age > 3 or c.ratio is not null) and coalesce(c.ratio, 1) >= 0.5)
       and bool_or(l.source = 'desktop')
), recent as (
    -- Weeks are counted back from the last complete day.
    select contract_number, usage_date, tokens, (last_day - usage_date) / 7 as week, last_day
      from (select *, max(usage_date) over (partition by contract_number) as last_day from usage) u
), pace as (
    select contract_number, last_day, count(*) as days, avg(tokens) as a_day,
           array_agg(distinct extract(isodow from usage_date)) as weekdays
      from recent
     cross join today
     where week < 8
       and last_day >= today.day - 14
     group by contract_number, last_day
    having count(*) >= 14
), weekday as materialized (
    -- A weekday without a complete day gets the mean of all days.
    select p.contract_number, d as weekday, coalesce(avg(r.tokens), p.a_day) as tokens
      from pace p
     cross join generate_series(1, 7) as d
      left join recent r on r.contract_number = p.contract_number and r.week < 8 and extract(isodow from r.usage_date) = d
     group by p.contract_number, p.a_day, d
), level as materialized (
    -- Each week's tokens divided by those that the pace gives for the same days.
    select w.contract_number, w.week, l.level
      from (select contract_number, week from pace cross join generate_series(0, 59) as week) w
      left join (select r.contract_number, r.week, sum(r.tokens) / nullif(sum(d.tokens), 0) as level
                   from recent r
                   join weekday d on d.contract_number = r.contract_number
                                 and d.weekday = extract(isodow from r.usage_date)
                  group by r.contract_number, r.week
                 having count(*) >= 5) l using (contract_number, week)
), step as (
    select contract_number, week,
           2 * (level - lead(level) over weeks) / nullif(abs(level) + abs(lead(level) over weeks), 0) as change,
           avg(level) over before as before, count(level) over before as weeks_before,
           avg(level) over after as after, count(level) over after as weeks_after
      from level
    window weeks as (partition by contract_number order by week),
           before as (partition by contract_number order by week rows between 1 following and 8 following),
           after as (partition by contract_number order by week rows between 7 preceding and current row)
), noise as (
    select contract_number, (4 * 0.08 ^ 2 + coalesce(sum(change ^ 2) / 2, 0)) / (4 + count(change)) as variance
      from step
     group by contract_number
), drift as (
    select s.contract_number, n.variance as noise,
           (0.16 ^ 2 + count(*) filter (where is_told) / 8.0
                           * greatest(coalesce(avg(ln(after / before) ^ 2) filter (where is_told), 0) - n.variance / 4, 0))
           / (1 + count(*) filter (where is_told) / 8.0) as variance
      from step s
      join noise n using (contract_number)
     cross join lateral (select weeks_before >= 7 and weeks_after >= 7 and before > 0 and after > 0 as is_told) t
     group by s.contract_number, n.variance
), record as (
    select r.contract_number, max(r.finished_at) as read_at
      from tokenflex_etl.run r
      join tokenflex_etl.target t on t.target_id = r.target_id and t.rebuilds is null
      join pg_class c on c.oid = 'contract_years'::regclass and c.relname = t.table_name
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = t.schema_name
     where r.status = 'succeeded' or r.skip_reason is not null
     group by r.contract_number
), year as (
    -- The running year; else the next one, else the last one.
    select distinct on (y.contract_number)
           y.contract_number, y.year, y.start_date, y.end_date,
           case when today.day > y.end_date then 'ended'
                when today.day < y.start_date then 'not_started'
                when today.day between y.start_date and y.end_date then 'running'
                else 'unknown'
           end as state,
           (greatest(r.read_at, y._synced_at) at time zone 'UTC')::date as as_of,
           y.remaining_tokens + coalesce(y.multiyear_tokens_at_start, 0) - coalesce(y.multiyear_consumed_tokens, 0)
               as tokens_left
      from contract_years y
     cross join today
      left join record r on r.contract_number = y.contract_number
     order by y.contract_number,
              (today.day between y.start_date and y.end_date) is true desc,
              (y.start_date > today.day) is true desc,
              abs(y.start_date - today.day), y._synced_at desc
), walk as (
    select y.contract_number, day, y.end_date, y.tokens_left,
           sum(w.tokens) over days as tokens,
           1.2816 * sqrt((d.noise * (7.0 / p.days + 7.0 / count(*) over days)
                          + d.variance + 0.01 ^ 2 * (p.days + count(*) over days) / 21.0)::double precision) as spread
      from year y
      join pace p on p.contract_number = y.contract_number
      join drift d on d.contract_number = y.contract_number
     cross join lateral (select greatest(y.as_of, y.start_date) + ahead as day
                           -- The record may have 9999 as the end of a year that has no end.
                           from generate_series(0, least(y.end_date - greatest(y.as_of, y.start_date), 3660) + 366) as ahead
                        ) future
      join weekday w on w.contract_number = y.contract_number and w.weekday = extract(isodow from day)
     where y.state not in ('ended', 'unknown')
    window days as (partition by y.contract_number order by day)
), outlook as (
    select contract_number,
           min(day) filter (where tokens >= tokens_left and tokens > 0) as on_day,
           min(day) filter (where tokens * exp(spread) >= tokens_left and tokens > 0) as early_day,
           min(day) filter (where tokens * exp(-spread) >= tokens_left and tokens > 0) as late_day,
           sum(tokens) filter (where day = end_date) as tokens,
           sum(tokens * exp(spread)) filter (where day = end_date) as tokens_high,
           sum(tokens * exp(-spread)) filter (where day = end_date) as tokens_low
      from walk
     group by contract_number
), answer as (
    select y.*, greatest(y.as_of, y.start_date) as first_day, u.last_day, p.days, a_day.tokens as tokens_a_day,
           coalesce(remark.words, case when u.last_day < today.day - 14
                                       then format('the tables have no day in common after %s', u.last_day) end) as remark,
           o.on_day, o.early_day, o.late_day,
           case when y.state = 'ended' then 0 else o.tokens end as tokens, o.tokens_high, o.tokens_low
      from year y
     cross join today
      left join remark on remark.contract_number = y.contract_number
      left join (select contract_number, max(last_day) as last_day from recent group by contract_number) u
        on u.contract_number = y.contract_number
      left join pace p on p.contract_number = y.contract_number
      left join outlook o on o.contract_number = y.contract_number
      left join (select contract_number, avg(tokens) as tokens from weekday group by contract_number) a_day
        on a_day.contract_number = y.contract_number and y.state <> 'ended'
)
select a.contract_number,
       a.year as contract_year,
       a.start_date,
       a.end_date,
       a.state,
       a.as_of,
       trim_scale(a.tokens_left) as tokens_left,
       trim_scale(round(a.tokens_a_day, 2)) as tokens_a_day,
       case when a.state in ('running', 'not_started') and a.tokens_left > 0
            then trim_scale(round(a.tokens_left / (a.end_date - a.first_day + 1), 2))
        end as tokens_a_day_until_end,
       case when a.state in ('ended', 'unknown') then null
            when a.tokens_left <= 0 then a.first_day
            when a.on_day <= a.end_date then a.on_day
        end as runs_out_on,
       case when a.state in ('ended', 'unknown') then null
            when a.tokens_left <= 0 then a.first_day
            when a.early_day <= a.end_date then a.early_day
        end as runs_out_early,
       case when a.state in ('ended', 'unknown') then null
            when a.tokens_left <= 0 then a.first_day
            when a.on_day <= a.end_date then a.late_day
        end as runs_out_late,
       trim_scale(round(a.tokens_left - a.tokens, 2)) as left_at_end,
       trim_scale(round((a.tokens_left - a.tokens_high)::numeric, 2)) as left_at_end_low,
       trim_scale(round((a.tokens_left - a.tokens_low)::numeric, 2)) as left_at_end_high,
       a.last_day as usage_through,
       a.days::integer as usage_days,
       a.remark
  from answer a
 order by a.contract_number;

comment on view report_forecast is
    'When the tokens of each contract run out: the running contract year (else the next, else the last one), the pace of the last eight weeks, and the range that holds in 8 of 10 cases. etl/docs/forecast.md explains the method. From the jobs contract_years, daily_product_usage and cloud_usage. Made by tokenflex-etl init --reports.';
comment on column report_forecast.state is 'running, not_started or ended (UTC); unknown: the contract record lacks the first or the last day';
comment on column report_forecast.as_of is 'The day (UTC) of the contract record that tokens_left is from; the forecast begins with it';
comment on column report_forecast.tokens_left is
    'By the contract record, with multi-year tokens: remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens';
comment on column report_forecast.tokens_a_day is
    'The pace: the mean of the seven weekdays, each over the eight weeks until usage_through, without manual entries. Null: fewer than 14 days are known, or none of the last 14 days is';
comment on column report_forecast.tokens_a_day_until_end is 'The pace at which tokens_left would last exactly until end_date';
comment on column report_forecast.runs_out_on is 'The day on which the tokens run out at this pace; null: not before the end of the year, or no pace is known';
comment on column report_forecast.runs_out_early is 'Tokens run out before this day in 1 of 10 cases; null: not before the end of the year';
comment on column report_forecast.runs_out_late is
    'Tokens run out after this day in 1 of 10 cases; may be after end_date. Null if runs_out_on is null, or more than a year after end_date';
comment on column report_forecast.left_at_end is 'Tokens left at end_date at this pace; below zero: so many are missing';
comment on column report_forecast.left_at_end_low is 'Fewer are left in 1 of 10 cases';
comment on column report_forecast.left_at_end_high is 'More are left in 1 of 10 cases';
comment on column report_forecast.usage_through is 'The last day whose usage counts as complete';
comment on column report_forecast.usage_days is 'Days that the pace is the mean of: at most 56';
comment on column report_forecast.remark is 'Which table keeps the pace from being known, or makes it uncertain, and why; null: none';
