-- Whether Citus manages the table $1.$2: as a distributed, reference or local table. Only where its catalogue is there.
select exists (select
                 from pg_catalog.pg_dist_partition p
                 join pg_class c on c.oid = p.logicalrel
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = $1
                  and c.relname = $2) as is_distributed
