-- needs: contract_years
-- The years of the contract $1 by the service's contract record, the newest first.
select y.year,
       case when today.day between y.start_date and y.end_date then 'running' else 'item' end as kind,
       y.start_date,
       y.end_date,
       y.provisioned_tokens,
       y.consumed_tokens,
       y.remaining_tokens,
       y.multiyear_tokens_at_start,
       y.multiyear_consumed_tokens,
       y.multiyear_tokens_at_start - coalesce(y.multiyear_consumed_tokens, 0) as multiyear_tokens_left,
       y.remaining_tokens + coalesce(y.multiyear_tokens_at_start, 0) - coalesce(y.multiyear_consumed_tokens, 0) as tokens_left,
       round(100 * (y.consumed_tokens + coalesce(y.multiyear_consumed_tokens, 0))
                 / nullif(y.provisioned_tokens + coalesce(y.multiyear_tokens_at_start, 0), 0), 1) as consumed_percent,
       round(100.0 * least(greatest(today.day - y.start_date, 0), y.end_date - y.start_date + 1)
                   / nullif(y.end_date - y.start_date + 1, 0), 1) as elapsed_percent
  from contract_years y
 cross join (select (now() at time zone 'UTC')::date as day) as today
 where y.contract_number = $1
 order by y.start_date desc
