-- Those of the months $4 (first days, one per line) that the table $2.$3 holds completely of the contract $1: every day
-- was loaded after it was over, and the rows are still there. The months $5 have no row in the table now. Whether they
-- have lost rows is decided by the first of these that is known: the newest load of the whole month, the loads of parts
-- of it, the last comparison. If it had rows, the month is not complete.
select m.usage_month
  from unnest(string_to_array($4, E'\n')::date[]) as m (usage_month)
  join tokenflex_etl.target t on t.schema_name = $2 and t.table_name = $3
  join tokenflex_etl.target_filter f on f.target_id = t.target_id and f.contract_number = $1
 cross join lateral (select (m.usage_month + interval '1 month')::date as end_day) e
 where f.covered @> daterange(m.usage_month, e.end_day)
   and not (m.usage_month = any (string_to_array($5, E'\n')::date[])
            and coalesce(
                (select case when r.rows_read = 0 then false
                             when r.window_start = m.usage_month and r.window_end = e.end_day then true
                        end
                   from tokenflex_etl.run r
                  where r.target_id = t.target_id
                    and r.contract_number = $1
                    and r.status = 'succeeded'
                    and coalesce(r.window_start, '-infinity') <= m.usage_month
                    and coalesce(r.window_end, 'infinity') >= e.end_day
                  order by r.run_id desc
                  limit 1),
                (select bool_or(r.rows_read > 0)
                   from tokenflex_etl.run r
                  where r.target_id = t.target_id
                    and r.contract_number = $1
                    and r.status = 'succeeded'
                    and r.window_start >= m.usage_month
                    and r.window_end <= e.end_day),
                (select c.loaded <> 0
                   from tokenflex_etl.reconciliation c
                  where c.contract_number = $1
                    and c.schema_name = $2
                    and c.table_name = $3
                    and c.usage_month = m.usage_month
                  order by c.checked_at desc, c.loaded = 0
                  limit 1),
                false))
