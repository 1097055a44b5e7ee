-- The days of the table $1.$2 and the contract $3 that earlier loads have covered after they were over; whether some, and
-- whether all, of the days from $4 to $5 (nulls: of all days) are among them; and whether the table holds exactly this window.
select f.covered, f.covered && daterange($4::date, $5::date) as has_some, f.covered @> daterange($4::date, $5::date) as has_all,
       exists (select
                 from tokenflex_etl.target_window w
                where w.target_id = t.target_id
                  and w.contract_number = $3
                  and w.window_start = $4::date
                  and w.window_end = $5::date) as has_window
  from tokenflex_etl.target t
  join tokenflex_etl.target_filter f on f.target_id = t.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and f.contract_number = $3
