-- What a job's last ten exports took: the median of the milliseconds from request to file.
select percentile_disc(0.5) within group (order by ready_ms)
  from (select ready_ms
          from tokenflex_etl.run
         where job = $1
           and contract_number = $2
           and source = 'export'
           and status = 'succeeded'
         order by run_id desc
         limit 10) latest
