-- Writes the restatements of a load, which are in a temporary table with the same names of columns.
insert into tokenflex_etl.restatement (run_id, job, schema_name, table_name, contract_number, window_start, window_end, month,
                                       metric, before, after, rows_changed, rows_added, rows_vanished, days, restated_at)
select run_id, job, schema_name, table_name, contract_number, window_start, window_end, month, metric, before, after,
       rows_changed, rows_added, rows_vanished, days, now()
  from pg_temp.tokenflex_restated
