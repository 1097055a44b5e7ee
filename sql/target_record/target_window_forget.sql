-- Forgets the other windows of the table $1.$2 and the contract $3 that have days from $4 to $5.
delete from tokenflex_etl.target_window
 where target_id in (select target_id from tokenflex_etl.target where schema_name = $1 and table_name = $2)
   and contract_number = $3
   and window_start < $5::date
   and window_end > $4::date
   and (window_start, window_end) <> ($4::date, $5::date)
