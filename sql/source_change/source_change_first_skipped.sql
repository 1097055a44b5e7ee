-- The first day of the chunks of the job $1 and the contract $2 that were skipped because their usage was unchanged,
-- and that no load has covered since; null: there are none.
select min(s.window_start) as first_day
  from tokenflex_etl.run s
 where s.job = $1
   and s.contract_number = $2
   and s.skip_reason is not null
   and not exists (select
                     from tokenflex_etl.run r
                    where r.job = s.job
                      and r.contract_number = s.contract_number
                      and r.run_id > s.run_id
                      and r.status = 'succeeded'
                      and r.window_start <= s.window_start
                      and r.window_end > s.window_start)
