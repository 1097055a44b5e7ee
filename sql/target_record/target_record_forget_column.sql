-- Removes the line $3 (API name, a blank, column) from the list of columns of the table $1.$2, which lacks the column now.
update tokenflex_etl.target
   set columns = array_remove(columns, $3)
 where schema_name = $1
   and table_name = $2
