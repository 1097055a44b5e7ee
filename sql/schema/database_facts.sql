-- Facts about the database and the role's privileges in it: $1 database.schema, $2 grant_select_to as a JSON array.
-- Nulls where there is no such schema. The tables of $1 that have a column _run_id are the tool's own; all of it is
-- read from the catalogs, which every role can read.
with tool as (
    select oid, nspowner from pg_namespace where nspname = 'tokenflex_etl'
), tool_table as (
    select c.oid, c.relname, c.relowner
      from pg_class c
      join tool on tool.oid = c.relnamespace
     where c.relkind in ('r', 'p')
), target_table as (
    select c.oid, c.relname
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = '_run_id' and not a.attisdropped
     where n.nspname = $1
       and c.relkind in ('r', 'p')
       -- Rows reach partitions and children through their table, whose privileges count.
       and not exists (select from pg_inherits where inhrelid = c.oid)
), lacking as (
    select t.of_tool, t.relname, string_agg(wanted.privilege, ', ' order by wanted.place) as privileges
      from (select true as of_tool, oid, relname from tool_table
            union all
            select false, oid, relname from target_table) t
     cross join unnest(array['select', 'insert', 'update', 'delete']) with ordinality as wanted (privilege, place)
     where not has_table_privilege(t.oid, wanted.privilege)
     group by t.of_tool, t.relname
)
select current_database() as database,
       current_user as role,
       coalesce(host(inet_server_addr()) || ' port ' || inet_server_port(), 'a unix socket') as server,
       current_setting('server_encoding') as encoding,
       (select min(most)
          from (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user and not rolsuper
                union all
                select nullif(datconnlimit, -1)
                  from pg_database
                 where datname = current_database()
                   and not (select rolsuper from pg_roles where rolname = session_user)
                union all
                select current_setting('max_connections')::integer
                       - current_setting('superuser_reserved_connections')::integer
                       - coalesce(current_setting('reserved_connections', true)::integer, 0)) allowed (most))
           as max_connections,
       round(extract(epoch from clock_timestamp()) * 1000)::bigint as wall_ms,
       has_database_privilege(current_database(), 'create') as may_create_schemas,
       has_database_privilege(current_database(), 'temporary') as may_create_temporary,
       exists (select from tool) as has_tool_schema,
       (select has_schema_privilege(oid, 'usage') from tool) as may_use_tool_schema,
       (select has_schema_privilege(oid, 'create') from tool) as may_create_in_tool_schema,
       not exists (select from tool_table where not pg_has_role(relowner, 'usage')) as owns_tool_tables,
       (select string_agg(format('%s (%s)', relname, privileges), ', ' order by relname) from lacking where of_tool)
           as tool_tables_lacking,
       exists (select from pg_namespace where nspname = $1) as has_schema,
       (select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = $1) as may_use_schema,
       (select has_schema_privilege(oid, 'create') from pg_namespace where nspname = $1) as may_create_in_schema,
       (select string_agg(role, ', ' order by role)
          from json_array_elements_text($2::json) as named (role)
         where not exists (select from pg_roles where rolname = role)) as unknown_roles,
       (select string_agg(format('%s (%s)', relname, privileges), ', ' order by relname) from lacking where not of_tool)
           as tables_lacking
