-- A partition of the table $1.$2 is created for the days from $3 to $4. If earlier loads have covered such days, their rows are
-- no longer in the table, because somebody has detached or dropped the partition that had them. So these days no longer count
-- as covered, and chunks that were skipped as unchanged since then prove nothing about them.
with made as (
    select target_id from tokenflex_etl.target where schema_name = $1 and table_name = $2
), skipped as (
    update tokenflex_etl.run r
       set target_id = null
      from made
     where r.target_id = made.target_id
       and r.status = 'skipped'
       and r.window_start < $4::date
       and r.window_end > $3::date
)
update tokenflex_etl.target_filter f
   set covered = f.covered - datemultirange(daterange($3::date, $4::date))
  from made
 where f.target_id = made.target_id
   and f.covered && daterange($3::date, $4::date)
