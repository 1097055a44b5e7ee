#include "state/database_facts.h"

#include "base/json_writer.h"
#include "sql/statements.h"

bool database_facts_read(struct pg *pg, const struct database_settings *settings, struct arena *arena,
                         struct database_facts *facts, struct err *err)
{
    SCOPED(buf) struct buf roles = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&roles);
    json_put_list(&json, NULL, &settings->grant_select_to);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_DATABASE_FACTS, PG_PARAMS(settings->schema, buf_text(&roles)), err);
    if (!found)
        return false;
    *facts = (struct database_facts){
        .database = arena_copy_text(arena, pg_value(found, 0, "database")),
        .role = arena_copy_text(arena, pg_value(found, 0, "role")),
        .server = arena_copy_text(arena, pg_value(found, 0, "server")),
        .schema = settings->schema,
        .max_connections = pg_integer(found, 0, "max_connections"),
        .encoding = arena_copy_text(arena, pg_value(found, 0, "encoding")),
        .wall_ms = pg_integer(found, 0, "wall_ms"),
        .may_create_schemas = pg_flag(found, 0, "may_create_schemas"),
        .may_create_temporary = pg_flag(found, 0, "may_create_temporary"),
        .has_tool_schema = pg_flag(found, 0, "has_tool_schema"),
        .may_use_tool_schema = pg_flag(found, 0, "may_use_tool_schema"),
        .may_create_in_tool_schema = pg_flag(found, 0, "may_create_in_tool_schema"),
        .owns_tool_tables = pg_flag(found, 0, "owns_tool_tables"),
        .tool_tables_lacking = arena_copy_text(arena, pg_value(found, 0, "tool_tables_lacking")),
        .has_schema = pg_flag(found, 0, "has_schema"),
        .may_use_schema = pg_flag(found, 0, "may_use_schema"),
        .may_create_in_schema = pg_flag(found, 0, "may_create_in_schema"),
        .unknown_roles = arena_copy_text(arena, pg_value(found, 0, "unknown_roles")),
        .tables_lacking = arena_copy_text(arena, pg_value(found, 0, "tables_lacking")),
    };
    return read_only_query(pg, arena, &facts->read_only, err);
}
