-- What a job's last ten loads took: the median of the milliseconds from submit to result, and the largest result's rows.
select percentile_disc(0.5) within group (order by ready_ms), max(rows_read)
  from (select ready_ms, rows_read
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and status = 'succeeded'
         order by run_id desc
         limit 10) latest
