-- What earlier runs tell of a job's query over $4 days (2147483647: without a window) in pages of $5 rows: $1 job, $2
-- contract, $3 the body without the window.
--
-- timed_out_days: the days of the shortest query over at most $4 days that exceeded the time limit in the last week;
-- remembered_until: the day until which this counts. It no longer counts once a later query over as many days or more
-- has succeeded.
-- rows: the expected number, in proportion to the result whose number of days is closest to $4 (half to twice $4), the
-- newest of such.
-- query_overhead: the smallest number of requests of the last five loads by query, without one request for each page.
-- export_requests: the smallest number of requests of the last five loads by export. A query that was replaced by an
-- export counts for neither.
-- query_ready_ms, export_ready_ms: the median time from request to result in the last ten loads of the job by query and
-- by export, whatever they requested. max_rows: the largest result of its last ten loads.
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
       (select percentile_disc(0.5) within group (order by ready_ms) from latest where source = 'query' and place_of_source <= 10)
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
