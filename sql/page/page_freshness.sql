-- How old the rows of the contract $1 are in each table of the current schema, by the view below, the oldest first.
with freshness as (
-- view report_freshness
)
select table_name, last_day, last_day_age, missing_days, remark, to_char(last_synced_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as last_synced_at
  from freshness
 where schema_name = current_schema()
   and contract_number = $1
 order by freshness.last_synced_at, table_name
