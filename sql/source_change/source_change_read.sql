-- Since when the answers about the contract $1 are kept (null: never asked), and what the clock says now.
select floor(1000000 * extract(epoch from least(l.first_asked_at, (select min(c.seen_at)
                                                                     from tokenflex_etl.source_change c
                                                                    where c.contract_number = $1))))::bigint
           as first_requested_us,
       floor(1000000 * extract(epoch from clock_timestamp()))::bigint as now_us
  from (values (1)) one
  left join tokenflex_etl.usage_last l on l.contract_number = $1
