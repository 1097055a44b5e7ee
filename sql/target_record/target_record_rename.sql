-- Records that the table $1.$2 is called $3 from now on, and will not replace another table any more.
update tokenflex_etl.target
   set table_name = $3,
       rebuilds   = null
 where schema_name = $1
   and table_name = $2
