-- What earlier runs tell of a job's query over $4 days (2147483647: without a window) in pages of $5 rows: $1 job, $2
-- contract, $3 the body without the window.
--
-- timed_out_days, remembered_until: of the queries of at most so many days that ran past the time limit within a week, the
-- days of the shortest, and until when that is remembered. A later query that was long enough and did its work has them
-- forgotten.
-- rows: to expect, from the newest result of about as many days, at most twice or half.
-- query_overhead, export_requests: the least requests that one of the last five loads took, by query beside one a page, by
-- export in all. A query that an export has replaced counts for neither.
-- query_ready_ms, export_ready_ms, max_rows: of the last ten loads of the job, whatever it asked for then, the median of
-- the milliseconds from request to result, and the largest result.
with runs as materialized (
    select *, coalesce(window_end - window_start, 2147483647) as days
      from tokenflex_etl.run
     where job = $1
       and contract_number = $2
       and query_hash = encode(sha256(convert_to($3, 'UTF8')), 'hex')
), loads as (
    select *, row_number() over (partition by source order by run_id desc) as place
      from runs
     where status = 'succeeded'
       and (source = 'export' or source_reason is null)
), latest as (
    select ready_ms, rows_read, source, row_number() over (order by run_id desc) as place,
           row_number() over (partition by source order by run_id desc) as place_of_source
      from tokenflex_etl.run
     where job = $1
       and contract_number = $2
       and status = 'succeeded'
)
select min(timed_out_days) as timed_out_days,
       to_char((max(timed_out_at) + interval '7 days') at time zone 'UTC', 'YYYY-MM-DD') as remembered_until,
       (select round(rows_read::numeric * $4::integer / days)
          from loads
         where days between $4::bigint / 2 and $4::bigint * 2
         order by abs(days - $4::integer), run_id desc
         limit 1) as rows,
       (select min(requests - requests_before - greatest(1, ceil(rows_read::numeric / $5::integer)))
          from loads
         where source = 'query'
           and place <= 5) as query_overhead,
       (select min(requests_export) from loads where source = 'export' and place <= 5) as export_requests,
       (select percentile_disc(0.5) within group (order by ready_ms) from latest where source = 'query' and place <= 10)
           as query_ready_ms,
       (select percentile_disc(0.5) within group (order by ready_ms)
          from latest
         where source = 'export'
           and place_of_source <= 10) as export_ready_ms,
       (select max(rows_read) from latest where place <= 10) as max_rows
  from runs
 where timed_out_at > clock_timestamp() - interval '7 days'
   and timed_out_days <= $4::integer
   and not exists (select
                     from runs later
                    where later.run_id > runs.run_id
                      and later.status = 'succeeded'
                      and later.source = 'query'
                      and later.source_reason is null
                      and later.days >= runs.timed_out_days)
