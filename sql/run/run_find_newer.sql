-- A run that has loaded days of the run $1's window into the same table, of the same contract, from an answer that was asked for
-- later than its own; none: its answer is the newest. A time in the future is of a clock that was ahead: it proves nothing.
select other.run_id, other.host
  from tokenflex_etl.run own
  join tokenflex_etl.target t on t.schema_name = $2 and t.table_name = $3
  join tokenflex_etl.run other on other.target_id = t.target_id
                              and other.contract_number = own.contract_number
 where own.run_id = $1::bigint
   and other.run_id <> own.run_id
   and other.status = 'succeeded'
   and other.requested_at > own.requested_at
   and other.requested_at <= clock_timestamp()
   and coalesce(other.window_start < own.window_end and own.window_start < other.window_end, true)
 order by other.run_id desc
 limit 1
