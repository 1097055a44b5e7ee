-- The table $1.$2 no longer has the column of this line of its list: API name, a blank, column.
update tokenflex_etl.target
   set columns = array_remove(columns, $3)
 where schema_name = $1
   and table_name = $2
