-- An export that an earlier run of the same chunk (or this one, $6, before its connection broke) has asked for: that run,
-- the export's name, its key where it is known, its age in milliseconds. $5 is the body.
--
-- Only the newest run that got that far counts, and only where it did not succeed: a run that did has had its rows. An
-- export has no time limit: the service knows whether it still has it.
select run_id, export_name, export_key, floor(1000 * extract(epoch from clock_timestamp() - submitted_at))::bigint
  from (select *
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and window_start is not distinct from $3::date
           and window_end is not distinct from $4::date
           and (submitted_at is not null or status = 'succeeded')
         order by run_id desc
         limit 1) newest
 where (status = 'failed' or run_id = $6::bigint)
   and source = 'export'
   and export_name is not null
   and body_hash = encode(sha256(convert_to($5, 'UTF8')), 'hex')
