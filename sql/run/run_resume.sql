-- A query that an earlier run of the same chunk (or this one, $8, before its connection broke) left at the service: its
-- address and its age in milliseconds. $5 is the body, $6 how long a query may take, $7 how long its result is promised, both in milliseconds.
--
-- Only the newest run that got that far counts, and only where it did not succeed: a run that did has had its result.
select remote, floor(1000 * extract(epoch from clock_timestamp() - submitted_at))::bigint
  from (select *
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and window_start is not distinct from $3::date
           and window_end is not distinct from $4::date
           and (submitted_at is not null or status = 'succeeded')
         order by run_id desc
         limit 1) newest
 where (status = 'failed' or run_id = $8::bigint)
   and source = 'query'
   and remote is not null
   and body_hash = encode(sha256(convert_to($5, 'UTF8')), 'hex')
   and clock_timestamp() < coalesce(ready_at + $7::bigint * interval '1 millisecond',
                                    submitted_at + ($6::bigint + $7::bigint) * interval '1 millisecond')
