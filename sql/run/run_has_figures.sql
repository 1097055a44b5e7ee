-- Whether the newest load of a chunk that succeeded has left the figures $7, one a line in any order: $1 job, $2 contract,
-- $3 and $4 its window (null: none), $5 and $6 schema and table that it must have gone to. No row: there is no such load.
select (select array_agg(line order by line) from unnest(newest.figures) as line)
       = (select array_agg(line order by line) from unnest(string_to_array($7, E'\n')) as line) as has_figures
  from (select r.figures, r.target_id
          from tokenflex_etl.run r
         where r.job = $1
           and r.contract_number = $2
           and r.window_start is not distinct from $3::date
           and r.window_end is not distinct from $4::date
           and r.status = 'succeeded'
         order by r.run_id desc
         limit 1) as newest
  join tokenflex_etl.target t on t.target_id = newest.target_id
 where t.schema_name = $5
   and t.table_name = $6
