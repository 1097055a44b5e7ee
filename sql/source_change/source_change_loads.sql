-- The loads of the table $1.$2 and the contract $3 that were begun within $4 milliseconds, newest first; $5: what is
-- asked now, without the window; $6: the invocation that asks. Loads into a table that was dropped and created again
-- since do not count, nor do loads that are dated in the future, because the clock was ahead then. requested_us is null if
-- the time of the request is not known.
select r.run_id, r.window_start, r.window_end,
       case when isfinite(r.asked_at) then floor(1000000 * extract(epoch from least(r.asked_at, r.started_at)))::bigint end as requested_us,
       r.query_hash is not distinct from encode(sha256(convert_to($5, 'UTF8')), 'hex') as has_same_query,
       r.rows_vanished > r.rows_deleted as keeps_vanished,
       coalesce(r.invocation_id = $6::uuid, false) as is_own,
       array_to_string(r.figures, E'\n') as figures
  from tokenflex_etl.target t
  join pg_namespace n on n.nspname = t.schema_name
  join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
  join tokenflex_etl.run r on r.target_id = t.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and r.contract_number = $3
   and r.status = 'succeeded'
   and r.started_at > clock_timestamp() - $4::bigint * interval '1 millisecond'
   and r.started_at <= clock_timestamp()
 order by r.run_id desc
