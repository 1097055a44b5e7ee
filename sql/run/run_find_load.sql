-- The newest load of a chunk that succeeded, for the judgement whether a backfill may skip the chunk: $1 job, $2 contract,
-- $3 and $4 its window, $5 what is asked now, $6 and $7 schema and table that rows go to now. A table that was dropped
-- and made again is not the one that the rows went to. Days that were not over when they were asked for may still get
-- rows.
select newest.run_id,
       array_to_string(newest.figures, E'\n') as figures,
       newest.question_hash is not distinct from encode(sha256(convert_to($5, 'UTF8')), 'hex') as has_same_request,
       exists (select
                 from tokenflex_etl.target t
                 join pg_namespace n on n.nspname = t.schema_name
                 join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
                where t.target_id = newest.target_id
                  and t.schema_name = $6
                  and t.table_name = $7) as is_of_this_table,
       coalesce(newest.rows_vanished > newest.rows_deleted, false) as keeps_vanished,
       coalesce((least(newest.started_at, newest.submitted_at) at time zone 'UTC')::date >= newest.window_end, false)
           as days_were_over
  from tokenflex_etl.run newest
 where job = $1
   and contract_number = $2
   and window_start = $3::date
   and window_end = $4::date
   and status = 'succeeded'
 order by run_id desc
 limit 1
