-- What is known of the pairs of the contract $1.
select usage_category, charge_category, last_usage_date, last_process_date, is_listed,
       floor(1000000 * extract(epoch from seen_at))::bigint as seen_us
  from tokenflex_etl.source_change
 where contract_number = $1
 order by usage_category, charge_category
