-- The windows that the table $1.$2 was loaded with: of the contract $3 (null: of all), those that have days of $4 to $5
-- (null: of any).
select w.contract_number, w.window_start, w.window_end, w.as_of
  from tokenflex_etl.target t
  join tokenflex_etl.target_window w on w.target_id = t.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and ($3::text is null or w.contract_number = $3)
   and ($4::date is null or w.window_start < $5::date and w.window_end > $4::date)
