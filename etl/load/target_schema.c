#include "load/target_schema.h"

#include "load/ddl_lock.h"
#include "sql/statements.h"

static bool make_schema(struct pg *pg, const char *name, bool *made, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *exists = pg_query(pg, SQL_TARGET_SCHEMA, PG_PARAMS(name), err);
    if (!exists)
        return false;
    *made = !pg_flag(exists, 0, "exists");
    buf_put(&sql, "create schema ");
    pg_put_identifier(&sql, name);
    return !*made || pg_exec(pg, buf_text(&sql), err);
}

static bool explain_reader(struct err *err)
{
    /* undefined_object: only a role can be missing of what these statements name. */
    if (text_equal(err->sqlstate, "42704")) {
        err->kind = ERR_CONFIG;
        err_hint(err, "create the role, or take it off the list");
    }
    return err_wrap(err, "database.grant_select_to");
}

static void put_grant(const char *schema, const char *role, struct buf *sql)
{
    buf_put(sql, "grant usage on schema ");
    pg_put_identifier(sql, schema);
    buf_put(sql, " to ");
    pg_put_identifier(sql, role);
}

/* PostgreSQL only warns, and grants nothing, if the schema belongs to another role. */
static bool prove_usage(struct pg *pg, const struct target_schema *target, const char *readers,
                        struct err *err)
{
    SCOPED(pg_result)
    PGresult *missing = pg_query(pg, SQL_SCHEMA_READERS, PG_PARAMS(target->name, readers), err);
    if (!missing)
        return explain_reader(err);
    if (PQntuples(missing) == 0)
        return true;
    const char *role = pg_value(missing, 0, "role");
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    put_grant(target->name, role, &sql);
    err_set(err, ERR_CREATE, "database.grant_select_to: the role may not grant usage on schema %s to %s",
            target->name, role);
    return err_hint(err, "let its owner do it: %s", buf_text(&sql));
}

static bool grant_usage(struct pg *pg, const struct target_schema *target, struct arena *arena,
                        struct text_list *granted, struct err *err)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < target->readers->count; i++)
        buf_print(&lines, "%s%s", i ? "\n" : "", target->readers->items[i]);
    SCOPED(pg_result)
    PGresult *missing = pg_query(pg, SQL_SCHEMA_READERS, PG_PARAMS(target->name, buf_text(&lines)), err);
    if (!missing)
        return explain_reader(err);
    for (int row = 0; row < PQntuples(missing); row++) {
        const char *role = arena_copy_text(arena, pg_value(missing, row, "role"));
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        put_grant(target->name, role, &sql);
        if (!pg_exec(pg, buf_text(&sql), err))
            return explain_reader(err);
        arena_add_text(arena, granted, role);
    }
    return PQntuples(missing) == 0 || prove_usage(pg, target, buf_text(&lines), err);
}

bool target_schema_prepare(struct pg *pg, const struct target_schema *target, struct arena *arena,
                           struct target_schema_change *change, struct err *err)
{
    *change = (struct target_schema_change){0};
    if (!pg_begin(pg, err))
        return false;
    bool has_readers = target->readers->count > 0;
    if (ddl_lock(target->name, pg, err) && make_schema(pg, target->name, &change->made_schema, err) &&
        (!has_readers || grant_usage(pg, target, arena, &change->granted, err)) && pg_commit(pg, err))
        return true;
    pg_rollback(pg);
    if (err->kind == ERR_AUTH) {
        err->kind = ERR_CREATE;
        err_hint(err, "run `tokenflex-etl init` once as a role that may create schemas, or as the owner of "
                      "the schema");
    }
    return err_wrap(err, "cannot prepare the schema %s for the target tables", target->name);
}

void target_schema_put_script(const struct target_schema *target, struct buf *script)
{
    buf_put(script, "\n-- Where the tables go, and the views on them.\n"
                    "select not exists (select from pg_namespace where nspname = ");
    pg_put_literal(script, target->name);
    buf_put(script, ") as is_missing \\gset\n\\if :is_missing\ncreate schema ");
    pg_put_identifier(script, target->name);
    buf_put(script, ";\n\\endif\n");
    for (size_t i = 0; i < target->readers->count; i++) {
        buf_put(script, "grant usage on schema ");
        pg_put_identifier(script, target->name);
        buf_put(script, " to ");
        pg_put_identifier(script, target->readers->items[i]);
        buf_put(script, ";\n");
    }
}
