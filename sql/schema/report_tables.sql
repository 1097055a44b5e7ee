-- Which of the tables $2 (one name a line) the schema $1 has, in their order; and whether the role may not use the schema:
-- then its tables, which the catalogs show, cannot be found by statements.
select name,
       exists (select
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = $1
                  and c.relname = wanted.name
                  and c.relkind in ('r', 'p')) as exists,
       exists (select
                 from pg_namespace
                where nspname = $1
                  and not has_schema_privilege(oid, 'usage')) as is_forbidden
  from unnest(string_to_array($2, E'\n')) with ordinality as wanted (name, place)
 order by place
