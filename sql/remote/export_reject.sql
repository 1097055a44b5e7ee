-- The export of a run cannot be loaded, and could not be deleted at the service: nobody resumes one without a name, and
-- its key stays for a later run to delete it.
update tokenflex_etl.run r
   set export_name = null
  from tokenflex_etl.run own
 where own.run_id = $1::bigint
   and r.export_name = own.export_name
