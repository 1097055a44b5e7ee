-- Whether the schema $1 has a table, index or view of the name $2.
select exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = $1
                  and c.relname = $2) as is_taken
