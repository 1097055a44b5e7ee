-- Whether there is a schema $1.
select exists (select from pg_namespace where nspname = $1) as exists
