-- Whether Citus distributes the schema $1 as a whole (schema-based sharding).
select exists (select
                 from pg_catalog.pg_dist_schema s
                 join pg_namespace n on n.oid = s.schemaid
                where n.nspname = $1) as is_distributed
