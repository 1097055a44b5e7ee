-- What earlier comparisons of the contract $1 and the table $2.$3 have found of each month, contract year and category: the
-- service's figure when both were equal last, and both figures of the last difference since then that was left after the
-- month had been loaded again.
select usage_month, contract_year, usage_category,
       trim_scale((array_agg(service order by checked_at desc) filter (where status = 'equal'))[1]) as equal_service,
       trim_scale((array_agg(service order by checked_at desc) filter (where is_stuck))[1]) as reloaded_service,
       trim_scale((array_agg(loaded order by checked_at desc) filter (where is_stuck))[1]) as reloaded_loaded
  from (select *,
               was_reloaded
               and status in ('differs', 'moved_on')
               and checked_at > coalesce(max(checked_at) filter (where status = 'equal')
                                             over (partition by usage_month, contract_year, usage_category),
                                         '-infinity') as is_stuck
          from tokenflex_etl.reconciliation
         where contract_number = $1
           and schema_name = $2
           and table_name = $3) checks
 group by usage_month, contract_year, usage_category
