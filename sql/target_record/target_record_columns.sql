-- Stores the columns $3 of the table $1.$2: of each field and metric its name and its column, one a line.
update tokenflex_etl.target
   set columns = string_to_array($3, E'\n')
 where schema_name = $1
   and table_name = $2
