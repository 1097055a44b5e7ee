insert into tokenflex_etl.target (schema_name, table_name, job, grain, key, windowed)
values ($1, $2, $3, string_to_array($4, E'\n'), string_to_array($5, E'\n'), $6::boolean)
on conflict (schema_name, table_name) do update
   set job = excluded.job, grain = excluded.grain, key = excluded.key, windowed = excluded.windowed
