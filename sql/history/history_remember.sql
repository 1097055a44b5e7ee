-- Records that the table $1.$3 keeps old versions of the rows of $1.$2: all of them from now on.
insert into tokenflex_etl.target_history (schema_name, history_table, table_name, grain, complete_since)
select schema_name, $3, table_name, grain, now()
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
on conflict (schema_name, history_table) do update
   set table_name = excluded.table_name, grain = excluded.grain, complete_since = excluded.complete_since, ended_at = null
