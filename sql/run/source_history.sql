-- What earlier runs tell of a job's query over $4 days (2147483647: without a window) in pages of $5 rows; $3 is its body
-- without the window.
--
-- First, of the queries of at most so many days that ran past the time limit within a week: the days of the shortest, and
-- until when that is remembered. A later query that was long enough and did its work has them forgotten. Then the rows to
-- expect, from the newest result of about as many days, at most twice or half; and the least requests that one of the last
-- five loads took: by query beside those for its pages, by export in all.
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
)
select min(timed_out_days),
       to_char((max(timed_out_at) + interval '7 days') at time zone 'UTC', 'YYYY-MM-DD'),
       (select round(rows_read::numeric * $4::integer / days)
          from loads
         where days between $4::bigint / 2 and $4::bigint * 2
         order by abs(days - $4::integer), run_id desc
         limit 1),
       (select min(requests - requests_before - greatest(1, ceil(rows_read::numeric / $5::integer)))
          from loads
         where source = 'query'
           and place <= 5),
       (select min(requests - requests_before) from loads where source = 'export' and place <= 5)
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
