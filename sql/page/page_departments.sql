-- needs: monthly_custom_field_tokens
-- The 20 values of the first custom field of the contract $1 with the most tokens in the newest whole month (if no month is
-- whole, in the newest month); then one row for all other values, and one row for the total. tokens_12_months: of the twelve
-- months up to that month, as far as they are loaded. tokens_before and difference are null unless both months are whole.
with months as materialized (
-- newest month of monthly_custom_field_tokens
), department as (
    select u.custom_field1, months.month, months.month_before, months.has_before,
           sum(u.tokens_consumed) filter (where u.usage_month = months.month) as tokens,
           sum(u.tokens_consumed) filter (where u.usage_month = months.month_before and months.has_before) as tokens_before,
           sum(u.tokens_consumed) as tokens_12_months
      from monthly_custom_field_tokens u
     cross join months
     where u.contract_number = $1
       and u.usage_month > (select (month - interval '12 months')::date from months)
       and u.usage_month <= (select month from months)
     group by u.custom_field1, months.month, months.month_before, months.has_before
), ranked as (
    -- No shares if a figure is below zero, because tokens were given back.
    select *, row_number() over (order by tokens desc nulls last, tokens_12_months desc, custom_field1) as place,
           case when min(tokens) over () >= 0 then sum(tokens) over () end as tokens_of_all
      from department
), line as (
    select place, case when custom_field1 is null then 'none' else 'item' end as kind, custom_field1 as name, 1 as members, month,
           month_before, has_before, tokens, tokens_before, tokens_12_months, tokens_of_all
      from ranked
     where place <= 20
    union all
    select 21, 'others', null, count(*), min(month), min(month_before), bool_and(has_before), sum(tokens), sum(tokens_before),
           sum(tokens_12_months), min(tokens_of_all)
      from ranked
     where place > 20
    having count(*) > 0
    union all
    select 22, 'total', null, count(*), min(month), min(month_before), bool_and(has_before), sum(tokens), sum(tokens_before),
           sum(tokens_12_months), min(tokens_of_all)
      from ranked
    having count(*) > 0
)
select kind, name, members, to_char(month, 'YYYY-MM') as month, to_char(month_before, 'YYYY-MM') as month_before,
       tokens, round(100 * tokens / nullif(tokens_of_all, 0), 1) as percent, tokens_before,
       case when has_before then coalesce(tokens, 0) - coalesce(tokens_before, 0) end as difference, tokens_12_months
  from line
 order by place
