-- Since when the answers about the contract $1 are kept (null: never asked), and what the clock says now.
select floor(1000000 * extract(epoch from l.first_asked_at))::bigint as first_asked_us,
       floor(1000000 * extract(epoch from clock_timestamp()))::bigint as now_us
  from (values (1)) one
  left join tokenflex_etl.usage_last l on l.contract_number = $1
