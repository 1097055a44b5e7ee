-- Job, contract and window of the runs $4, one a line, that loaded the successor $1.$3 of the table $1.$2, and the rows that the
-- service answered with. is_same: with the same fields and the same filter as the table has, so that the answer should have
-- as many rows as the table; not where a table keeps the rows of every run.
with old as (
    select * from tokenflex_etl.target where schema_name = $1 and table_name = $2
), new as (
    select * from tokenflex_etl.target where schema_name = $1 and table_name = $3
)
select r.job, r.contract_number, r.window_start, r.window_end, coalesce(r.rows_read, 0) as rows_read,
       coalesce(old.grain = new.grain
                and old.windowed = new.windowed
                and not '_run_id' = any (old.key)
                and before.filter = after.filter, false) as is_same
  from tokenflex_etl.run r
  left join old on true
  left join new on true
  left join tokenflex_etl.target_filter before
         on before.target_id = old.target_id and before.contract_number = r.contract_number
  left join tokenflex_etl.target_filter after
         on after.target_id = new.target_id and after.contract_number = r.contract_number
 where r.run_id = any (string_to_array($4, E'\n')::bigint[])
 order by r.contract_number, r.window_start
