-- Whether the tool's schema is there, and whether it has been filled. Reads the catalogs: to_regclass() may use a cache
-- from before the session waited for another run.
select exists (select from pg_namespace where nspname = 'tokenflex_etl') as has_schema,
       exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'tokenflex_etl'
                  and c.relname = 'migration') as has_level
