-- What a job's last ten loads took: the median of the milliseconds from a query's submit to its result, and the largest
-- result's rows, whichever way it came.
select percentile_disc(0.5) within group (order by ready_ms) filter (where source = 'query'), max(rows_read)
  from (select ready_ms, rows_read, source
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and status = 'succeeded'
         order by run_id desc
         limit 10) latest
