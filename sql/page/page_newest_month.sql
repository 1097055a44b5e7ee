-- The newest whole month of the contract $1 in the table TABLE: every day of it was loaded after it was over. If no month is
-- whole, the newest month. has_before: this month and the month before are both whole, so that they can be compared. This
-- text is a part of other statements.
select month, (month - interval '1 month')::date as month_before, is_whole,
       is_whole and coalesce(days @> daterange((month - interval '1 month')::date, month), false) as has_before
  from (select distinct usage_month as month from TABLE where contract_number = $1) loaded
  left join tokenflex_etl.usage_table u on u.table_id = 'TABLE'::regclass and u.contract_number = $1
 cross join lateral (select coalesce(days @> daterange(month, (month + interval '1 month')::date), false) as is_whole) w
 order by is_whole desc, month desc
 limit 1
