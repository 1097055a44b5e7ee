-- The day (UTC) on which the data of the run $1 was requested, by this run or the one whose query or export it resumes; null:
-- not known.
select (submitted_at at time zone 'UTC')::date as day
  from tokenflex_etl.run
 where run_id = $1::bigint
