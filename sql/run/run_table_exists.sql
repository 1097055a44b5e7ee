-- Whether there is a run table, and what the database's clock says, in milliseconds since 1970. Asked of the catalogs,
-- which every role may read.
select exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'tokenflex_etl'
                  and c.relname = 'run') as has_table,
       floor(1000 * extract(epoch from clock_timestamp()))::bigint as now_ms
