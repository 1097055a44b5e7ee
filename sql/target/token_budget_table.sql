-- Finds the table of the schema $1 that is best for a budget of the contract $2 from the day $4 on. The table has
-- tokens by day or month that are the usage of the contract, and a column for the field $3 (API name; null: none is needed).
-- Preferred are, in this order: all usage categories, all days since $4, rows by day, of rows by month those with the
-- contract year, and the fewest fields.
-- categories: the usage categories that it has, in words (empty: all). tokens, date, field, contract_year: names of its
-- columns (null: it has none). is_whole: it has all days since $4; of rows by month also: the month of yesterday was loaded
-- yesterday or today (of a month that begins today nothing is due). kept: that it keeps rows that the service no longer has,
-- in words (null: it does not). No row if there is no such table.
with place as (
    select t.target_id, regexp_replace(line, ' [^ ]*$', '') as field, split_part(line, ' ', -1) as column_name
      from tokenflex_etl.target t, unnest(t.columns) as line
     where t.schema_name = $1
), candidate as (
    select t.target_id, t.table_name, t.grain, u.usage_categories, u.days, u.kept, tokens.column_name as tokens,
           coalesce(by_day.column_name, by_month.column_name) as date, by_day.column_name is null as is_by_month,
           contract_year.column_name as contract_year,
           wanted.column_name as field
      from tokenflex_etl.target t
      join tokenflex_etl.usage_table u on u.target_id = t.target_id and u.contract_number = $2 and u.problem is null
      join place tokens on tokens.target_id = t.target_id and tokens.field = 'tokensConsumed'
      left join place by_day on by_day.target_id = t.target_id and by_day.field = 'usageDate'
      left join place by_month on by_month.target_id = t.target_id and by_month.field = 'usageMonth'
      left join place wanted on wanted.target_id = t.target_id and wanted.field = $3
      left join place contract_year on contract_year.target_id = t.target_id and contract_year.field = 'contractYear'
     where t.schema_name = $1
), judged as (
    select *,
           days @> case when is_by_month
                        then daterange(date_trunc('month', $4::date::timestamp)::date,
                                       greatest(date_trunc('month', $4::date::timestamp),
                                                date_trunc('month', now() at time zone 'UTC' - interval '1 day'))::date)
                        else daterange($4::date, greatest($4::date, (now() at time zone 'UTC')::date - 1))
                   end
           and (not is_by_month
                or exists (select
                             from tokenflex_etl.run r
                            where r.target_id = candidate.target_id
                              and r.contract_number = $2
                              and r.status in ('succeeded', 'skipped')
                              and coalesce(r.window_end, 'infinity') > date_trunc('month', now() at time zone 'UTC' - interval '1 day')
                              and r.started_at >= ((now() at time zone 'UTC')::date - 1) at time zone 'UTC')) as is_whole
      from candidate
     where date is not null
       and (field is not null or $3::text is null)
)
select table_name, array_to_string(usage_categories, ', ') as categories, tokens, date, field, contract_year, is_by_month, is_whole,
       kept
  from judged
 order by usage_categories = '{}' desc, is_whole desc, is_by_month, is_by_month and contract_year is null, cardinality(grain), table_name
 limit 1
