#include "state/schema.h"

#include "base/log.h"
#include "sql/statements.h"
#include "state/citus.h"
#include "state/read_only.h"

#define TOOL_SCHEMA "tokenflex_etl"

static bool read_level(struct pg *pg, bool *has_schema, int *level, struct err *err)
{
    SCOPED(pg_result) PGresult *exists = pg_query(pg, SQL_MIGRATION_EXISTS, PG_NO_PARAMS, err);
    if (!exists)
        return false;
    *has_schema = pg_flag(exists, 0, "has_schema");
    *level = 0;
    if (!pg_flag(exists, 0, "has_level"))
        return true;
    SCOPED(pg_result) PGresult *newest = pg_query(pg, SQL_MIGRATION_LEVEL, PG_NO_PARAMS, err);
    if (!newest) {
        if (err->kind == ERR_AUTH)
            err_hint(err,
                     "grant the role usage on schema tokenflex_etl, and select, insert, update and delete "
                     "on its tables");
        return false;
    }
    *level = (int)pg_integer(newest, 0, "level");
    return true;
}

static bool apply(struct pg *pg, const struct sql_migration *migration, struct err *err)
{
    char number[PG_NUMBER];
    if (!pg_exec(pg, migration->text, err))
        return err_wrap(err, "migration %s", migration->name);
    SCOPED(pg_result)
    PGresult *recorded = pg_query(pg, SQL_MIGRATION_RECORD,
                                  PG_PARAMS(pg_number(migration->number, number), migration->name), err);
    if (!recorded)
        return false;
    log_info("schema-migrated", "schema tokenflex_etl: applied %s", migration->name);
    return true;
}

static int newest_level(void)
{
    return sql_migrations[sql_migration_count - 1].number;
}

static bool refuse_newer(int level, struct err *err)
{
    err_set(err, ERR_CONFIG, "the schema tokenflex_etl is at level %d, this program knows %d", level,
            newest_level());
    return err_hint(err, "a newer tokenflex-etl has upgraded it: install that one here too");
}

/* Reads the level again: another run may have done the work while this one waited for the lock. */
static bool upgrade_in_transaction(struct pg *pg, struct schema_change *change, struct err *err)
{
    bool has_schema;
    SCOPED(pg_result) PGresult *locked = pg_query(pg, SQL_MIGRATION_LOCK, PG_NO_PARAMS, err);
    if (!locked || !read_level(pg, &has_schema, &change->from, err))
        return false;
    if (change->from > newest_level())
        return refuse_newer(change->from, err);
    if (!has_schema && !pg_exec(pg, "create schema tokenflex_etl", err))
        return false;
    change->made_schema = !has_schema;
    for (size_t i = 0; i < sql_migration_count; i++)
        if (sql_migrations[i].number > change->from && !apply(pg, &sql_migrations[i], err))
            return false;
    change->to = newest_level();
    return pg_commit(pg, err);
}

bool schema_read_level(struct pg *pg, struct schema_change *change, struct err *err)
{
    bool has_schema;
    change->to = newest_level();
    return read_level(pg, &has_schema, &change->from, err);
}

bool schema_upgrade(struct pg *pg, struct schema_change *change, struct err *err)
{
    bool has_schema;
    *change = (struct schema_change){0};
    if (pg_server_version(pg) < SCHEMA_OLDEST_SERVER)
        return err_set(err, ERR_CONFIG,
                       "the database server is PostgreSQL %d, tokenflex-etl needs 15 or later",
                       pg_server_version(pg) / 10000);
    if (!read_only_refuse(pg, err) || !citus_refuse_worker(pg, err) ||
        !citus_refuse_schema(TOOL_SCHEMA, pg, err) || !read_level(pg, &has_schema, &change->from, err))
        return false;
    change->to = change->from;
    if (change->from == newest_level())
        return true;
    if (change->from > newest_level())
        return refuse_newer(change->from, err);
    if (!pg_begin(pg, err))
        return false;
    if (!upgrade_in_transaction(pg, change, err)) {
        pg_rollback(pg);
        if (err->kind == ERR_AUTH) {
            err->kind = ERR_CREATE;
            err_hint(err,
                     "run `tokenflex-etl init` once as a role that may create schemas; for an upgrade, as "
                     "the owner of the schema and its tables");
        }
        return err_wrap(err, "cannot create or upgrade the schema tokenflex_etl");
    }
    return true;
}
