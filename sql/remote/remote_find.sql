-- What an earlier run of the same chunk (or this one, $6, before its connection broke) has left at the service: $1 job, $2
-- contract, $3 and $4 the window, $5 the body; $7 how long a query may take and $8 how long its result is promised, in
-- milliseconds; $9: of this invocation only (null: of any).
--
-- Only the newest run that has begun a query or export, or succeeded, counts. If it succeeded, there is nothing to
-- resume. A query is not resumed once its result may have expired, nor an export that another run requested more than
-- twelve hours ago: its rows are those of an earlier night. The service is asked whether it still has it. What was submitted
-- in the future is not resumed either: the clock was ahead then, and its age is not known.
select run_id,
       case when source = 'query'
                 and clock_timestamp() < coalesce(ready_at + $8::bigint * interval '1 millisecond',
                                                  submitted_at + ($7::bigint + $8::bigint) * interval '1 millisecond')
            then remote end as query_url,
       case when is_young_export then export_name end as export_name,
       case when is_young_export then export_key end as export_key,
       floor(1000 * extract(epoch from clock_timestamp() - submitted_at))::bigint as age_ms
  from (select run.*,
               source = 'export'
               and (run_id = $6::bigint
                    or coalesce(requested_at, submitted_at) > clock_timestamp() - interval '12 hours') as is_young_export
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and window_start is not distinct from $3::date
           and window_end is not distinct from $4::date
           and (submitted_at is not null or status = 'succeeded')
         order by run_id desc
         limit 1) newest
 where (status = 'failed' and ($9::uuid is null or invocation_id = $9::uuid) and submitted_at <= clock_timestamp() or run_id = $6::bigint)
   and body_hash = encode(sha256(convert_to($5, 'UTF8')), 'hex')
