-- What the rows of a table mean: grain and key as text, one name a line.
select array_to_string(grain, E'\n'), array_to_string(key, E'\n'), windowed, job
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
