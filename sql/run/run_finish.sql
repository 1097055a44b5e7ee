-- The load after which a chunk of a backfill is finished: $1 job, $2 contract, $3 and $4 its window, $5 what is asked, $6 and
-- $7 schema and table. The newest load of the chunk asked the same, its rows went to the very table that is there now, and
-- the window's days were over when they were asked for: a day that is not may still get rows. No row where the newest load is
-- another, or does not tell the figures of its rows.
select newest.run_id, array_to_string(newest.figures, E'\n') as figures
  from (select *
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and window_start = $3::date
           and window_end = $4::date
           and status = 'succeeded'
         order by run_id desc
         limit 1) newest
  join tokenflex_etl.target t on t.target_id = newest.target_id
  join pg_namespace n on n.nspname = t.schema_name
  join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
 where t.schema_name = $6
   and t.table_name = $7
   and newest.question_hash = encode(sha256(convert_to($5, 'UTF8')), 'hex')
   and newest.figures is not null
   and (least(newest.started_at, newest.submitted_at) at time zone 'UTC')::date >= newest.window_end
