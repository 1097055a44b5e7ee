-- What earlier runs tell of a job's query over $4 days (2147483647: without a window); $3 is its body without the window.
-- First, of the queries of at most so many days that ran past the time limit within a week: the days of the shortest, and
-- until when that is remembered. A later query that was long enough and did its work has them forgotten. Then the rows of
-- the newest result of just so many days.
with runs as materialized (
    select *, coalesce(window_end - window_start, 2147483647) as days
      from tokenflex_etl.run
     where job = $1
       and contract_number = $2
       and query_hash = encode(sha256(convert_to($3, 'UTF8')), 'hex')
)
select min(timed_out_days),
       to_char((max(timed_out_at) + interval '7 days') at time zone 'UTC', 'YYYY-MM-DD'),
       (select rows_read
          from runs newest
         where status = 'succeeded'
           and days = $4::integer
         order by run_id desc
         limit 1)
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
