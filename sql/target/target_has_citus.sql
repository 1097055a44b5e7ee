-- Whether the database may hold tables of Citus.
select to_regclass('pg_catalog.pg_dist_partition') is not null as has_citus
