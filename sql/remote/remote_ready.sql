-- Records that the result of the run $1 is there. $2: milliseconds from submit to result; null: later runs are not to expect
-- this time.
update tokenflex_etl.run
   set ready_at = clock_timestamp(), ready_ms = $2::bigint
 where run_id = $1::bigint
