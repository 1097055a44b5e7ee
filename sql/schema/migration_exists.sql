-- Whether the tool's schema is there, and whether it has been filled. Asked of the catalogs themselves: to_regclass()
-- may answer from what the session has cached before it waited for another runner.
select exists (select from pg_namespace where nspname = 'tokenflex_etl') as has_schema,
       exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'tokenflex_etl'
                  and c.relname = 'migration') as has_level
