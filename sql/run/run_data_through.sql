-- Of each job and contract the last day that was over when its data was asked for and loaded, or was known to be as it was
-- loaded. Reads the whole run table. skip_reason is read as in run_list.sql: a schema of an older version has no such column.
select through.*
  from (values (null::text)) as absent (skip_reason)
 cross join lateral (select job, contract_number,
                            max(least(window_end, (started_at at time zone 'UTC')::date)) - 1 as data_through
                       from tokenflex_etl.run
                      where (status = 'succeeded' or skip_reason is not null)
                        and window_end is not null
                      group by job, contract_number) through
