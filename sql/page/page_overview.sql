-- needs: contract_years
-- The contract year of each of the contracts $1 (one per line), in their order. As in the forecast it is the year of today
-- (UTC), else the next year, else the last one. $2, $3 and $4 are days of the forecast (one per line, empty if not known).
select distinct on (wanted.place)
       wanted.contract_number,
       y.year,
       y.end_date,
       y.provisioned_tokens + coalesce(y.multiyear_tokens_at_start, 0) as tokens_at_start,
       y.remaining_tokens + coalesce(y.multiyear_tokens_at_start, 0) - coalesce(y.multiyear_consumed_tokens, 0) as tokens_left,
       round(100 * (y.consumed_tokens + coalesce(y.multiyear_consumed_tokens, 0))
                 / nullif(y.provisioned_tokens + coalesce(y.multiyear_tokens_at_start, 0), 0), 1) as consumed_percent,
       round(100.0 * least(greatest(today.day - y.start_date, 0), y.end_date - y.start_date + 1)
                   / nullif(y.end_date - y.start_date + 1, 0), 1) as elapsed_percent,
       wanted.runs_out_on,
       wanted.runs_out_early,
       wanted.runs_out_late
  from unnest(string_to_array($1, E'\n'), string_to_array($2, E'\n', ''), string_to_array($3, E'\n', ''),
              string_to_array($4, E'\n', ''))
       with ordinality as wanted (contract_number, runs_out_on, runs_out_early, runs_out_late, place)
 cross join (select (now() at time zone 'UTC')::date as day) as today
  left join contract_years y on y.contract_number = wanted.contract_number
 order by wanted.place,
          (today.day between y.start_date and y.end_date) is true desc,
          (y.start_date > today.day) is true desc,
          abs(y.start_date - today.day), y._synced_at desc
