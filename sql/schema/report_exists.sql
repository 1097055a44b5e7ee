-- Whether the schema $1 has a view that `init --reports` has made.
select exists (select
                 from pg_class v
                 join pg_namespace n on n.oid = v.relnamespace
                where n.nspname = $1
                  and v.relkind = 'v'
                  and obj_description(v.oid, 'pg_class') like '%Made by tokenflex-etl init --reports.') as has_reports
