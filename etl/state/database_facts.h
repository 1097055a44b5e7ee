/*
 * Facts about the database and the privileges of our role, read from the system catalogs, which every role
 * may read. Changes nothing.
 */
#ifndef STATE_DATABASE_FACTS_H
#define STATE_DATABASE_FACTS_H

#include "base/arena.h"
#include "base/err.h"
#include "job/settings.h"
#include "state/read_only.h"
#include "wire/pg/pg.h"

/* Texts live in the arena, but for schema, which is borrowed. */
struct database_facts {
    const char *database;
    const char *role;
    const char *server;
    const char *schema;   /* database.schema */
    const char *encoding; /* as PostgreSQL calls it: UTF8 */
    struct read_only read_only;
    int64_t max_connections; /* the lowest limit of role, database and server; connections of other programs
                                count towards it */
    int64_t wall_ms;         /* its clock */
    bool may_create_schemas;
    bool may_create_temporary;
    bool has_tool_schema;
    bool may_use_tool_schema;
    bool may_create_in_tool_schema;
    bool owns_tool_tables;
    const char *tool_tables_lacking; /* `run (insert, update)`; "": none */
    bool has_schema;
    bool may_use_schema;
    bool may_create_in_schema;
    const char *tables_lacking; /* of the target tables that are there */
    const char *unknown_roles;  /* of grant_select_to; "": none */
};

MUST_CHECK bool database_facts_read(struct pg *pg, const struct database_settings *settings,
                                    struct arena *arena, struct database_facts *facts, struct err *err);

#endif
