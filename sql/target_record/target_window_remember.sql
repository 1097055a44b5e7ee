-- Records that the table $1.$2 now holds of the contract $3 the window from $4 to $5, loaded by the job $6. $7: the day from
-- which the window was computed; null: it does not move with the day.
insert into tokenflex_etl.target_window (target_id, contract_number, window_start, window_end, job, as_of)
select target_id, $3, $4::date, $5::date, $6, $7::date
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
on conflict (target_id, contract_number, window_start, window_end) do update
   set job = excluded.job, as_of = excluded.as_of, loaded_at = excluded.loaded_at
