-- Takes away what citus_stand_in.sql has made.
set allow_system_table_mods = on;
drop function pg_catalog.create_distributed_table(regclass, text, text);
drop function pg_catalog.column_to_column_name(regclass, text);
drop table pg_catalog.pg_dist_partition, pg_catalog.pg_dist_local_group, pg_catalog.pg_dist_node, pg_catalog.pg_dist_schema;
