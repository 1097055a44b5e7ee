-- The export of the run $1 cannot be loaded, and could not be deleted at the service. It loses its name, so that no run
-- resumes it, and keeps its key, so that a later run deletes it.
update tokenflex_etl.run r
   set export_name = null
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and r.export_name = own.export_name
