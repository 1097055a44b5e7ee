-- Records that a load that keeps no history has changed rows of the table $1.$2, so that the history lacks versions.
update tokenflex_etl.target_history
   set complete_since = null
 where schema_name = $1
   and table_name = $2
   and ended_at is null
   and complete_since is not null
