-- Whether the database has the extension Citus, and one that distributes schemas as a whole (Citus 12 or later).
select to_regclass('pg_catalog.pg_dist_partition') is not null as has_citus,
       to_regclass('pg_catalog.pg_dist_schema') is not null as has_schemas
