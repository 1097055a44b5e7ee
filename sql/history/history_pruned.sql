-- Records that the history $1.$2 has lost the versions that ended more than $3 days ago.
update tokenflex_etl.target_history
   set complete_since = now() - $3::integer * interval '1 day'
 where schema_name = $1
   and history_table = $2
   and complete_since < now() - $3::integer * interval '1 day'
