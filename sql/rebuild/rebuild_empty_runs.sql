-- Contract and window of those of the runs $1, one a line, that the service has answered with no row.
select contract_number, window_start, window_end
  from tokenflex_etl.run
 where run_id = any (string_to_array($1, E'\n')::bigint[])
   and coalesce(rows_read, 0) = 0
 order by contract_number, window_start
