-- The jobs that have loaded rows into the table $1.$2 as it is now.
select distinct r.job
  from tokenflex_etl.run r
  join tokenflex_etl.target t on t.target_id = r.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and r.status = 'succeeded'
   and r.rows_read > 0
 order by r.job
