-- Whether the newest load of a table's contract and window that succeeded has left the figures $6, one a line in any order:
-- $1 schema, $2 table, $3 contract, $4 and $5 the window (null: none). No row: there is no such load.
select (select array_agg(line order by line) from unnest(r.figures) as line)
       = (select array_agg(line order by line) from unnest(string_to_array($6, E'\n')) as line) as has_figures
  from tokenflex_etl.target t
  join tokenflex_etl.run r on r.target_id = t.target_id
 where t.schema_name = $1
   and t.table_name = $2
   and r.contract_number = $3
   and r.window_start is not distinct from $4::date
   and r.window_end is not distinct from $5::date
   and r.status = 'succeeded'
 order by r.run_id desc
 limit 1
