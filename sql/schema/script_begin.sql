-- The schema of tokenflex-etl, as `tokenflex-etl init` makes it. For psql, as a role that may create schemas:
--
--   psql --set=ON_ERROR_STOP=1 --set=role=NAME --file=FILE
--
-- NAME is the role that tokenflex-etl runs as, which is granted what it needs. Omit it if that role runs this script. The
-- script is one transaction. It can be run again: it then applies only what is missing.
\set ON_ERROR_STOP on
\encoding UTF8
begin;
-- On a Citus coordinator: the schemas are not distributed as a whole.
select set_config('citus.enable_schema_based_sharding', 'off', true) as setting \gset
select pg_advisory_xact_lock(hashtextextended('tokenflex-etl migration', 0)) as waited \gset
select current_setting('server_version_num')::integer < 150000 as server_is_old,
       not exists (select from pg_namespace where nspname = 'tokenflex_etl') as schema_is_missing,
       exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'tokenflex_etl'
                  and c.relname = 'migration') as has_level \gset
\if :server_is_old
do $$ begin raise 'tokenflex-etl needs PostgreSQL 15 or later'; end $$;
\endif
\if :schema_is_missing
create schema tokenflex_etl;
\endif
\set level 0
\if :has_level
select coalesce(max(number), 0) as level from tokenflex_etl.migration \gset
\endif
