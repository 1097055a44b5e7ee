-- The first run that has changed rows of the table $1.$2 and that is newer than the run $3, or one of the runs $4, one a
-- line, which were under way then.
select r.run_id, r.job, r.contract_number
  from tokenflex_etl.run r
  join tokenflex_etl.target t on t.target_id = r.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and r.status = 'succeeded'
   and (r.run_id > $3::bigint or r.run_id = any (string_to_array($4, E'\n')::bigint[]))
   and coalesce(r.rows_inserted, 0) + coalesce(r.rows_updated, 0) + coalesce(r.rows_deleted, 0) > 0
 order by r.run_id
 limit 1
