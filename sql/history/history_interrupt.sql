-- A load that keeps no history has changed rows of the table $1.$2: versions are missing from now on.
update tokenflex_etl.target_history
   set complete_since = null
 where schema_name = $1
   and table_name = $2
   and ended_at is null
   and complete_since is not null
