-- Of each job and contract the last day whose data was asked for and loaded. Reads the whole run table.
select job, contract_number, max(least(window_end - 1, (started_at at time zone 'UTC')::date)) as data_through
  from tokenflex_etl.run
 where status = 'succeeded'
   and window_end is not null
 group by job, contract_number
