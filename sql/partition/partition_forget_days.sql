-- A partition of the table $1.$2 is made for the days from $3 to $4: what earlier loads have covered of them is not in the
-- table any more, since somebody has detached or dropped the partition that had it.
update tokenflex_etl.target_filter f
   set covered = f.covered - datemultirange(daterange($3::date, $4::date))
  from tokenflex_etl.target t
 where f.target_id = t.target_id
   and t.schema_name = $1
   and t.table_name = $2
   and f.covered && daterange($3::date, $4::date)
