-- How a run ended whose COMMIT was sent and never answered.
select status, rows_inserted, rows_updated, rows_unchanged, rows_deleted, rows_vanished, job
  from tokenflex_etl.run
 where run_id = $1::bigint
