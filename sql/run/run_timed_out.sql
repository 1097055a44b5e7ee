-- Records that a query of the run $1, over $2 days, exceeded the service's time limit.
update tokenflex_etl.run
   set timed_out_at   = clock_timestamp(),
       timed_out_days = least(timed_out_days, $2::integer)
 where run_id = $1::bigint
