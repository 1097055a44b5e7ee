-- Whether a run would request the summary of the contract $1: no run has done so on this day (UTC), and one of the tables $3
-- (one per line) of the schema $2 holds a whole month that is over, or will hold one after the loads ($4).
select not exists (select
                     from tokenflex_etl.service_summary s
                    where s.contract_number = $1
                      and (s.asked_at at time zone 'UTC')::date >= (clock_timestamp() at time zone 'UTC')::date)
       and ($4::boolean
            or exists (select
                     from tokenflex_etl.target t
                     join tokenflex_etl.target_filter f on f.target_id = t.target_id
                    cross join unnest(f.covered) as days
                    cross join lateral (select date_trunc('month', greatest(lower(days) - 1,
                                                                            upper(days) - 62))::date as before) b
                    cross join generate_series(0, 2) as n
                    cross join lateral (select (b.before + n * interval '1 month')::date as month) m
                    where t.schema_name = $2
                      and t.table_name = any (string_to_array($3, E'\n'))
                      and f.contract_number = $1
                      and days @> daterange(m.month, (m.month + interval '1 month')::date))) as is_due
