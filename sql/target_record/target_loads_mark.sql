-- The newest run, and the runs that have not ended, one a line.
select coalesce(max(run_id), 0) as last_run_id,
       string_agg(run_id::text, E'\n') filter (where status = 'running') as running
  from tokenflex_etl.run
