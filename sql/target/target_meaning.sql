-- What the rows of a table mean: grain and key as text, one name a line; and of each field of the key its name and its
-- column, a line each.
select array_to_string(grain, E'\n'), array_to_string(key, E'\n'), windowed, job,
       array_to_string(key_columns, E'\n')
  from tokenflex_etl.target
 where schema_name = $1
   and table_name = $2
