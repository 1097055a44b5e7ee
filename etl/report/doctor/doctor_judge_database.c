#include "base/readable.h"
#include "base/text.h"
#include "report/doctor/doctor_judge.h"

#include <inttypes.h>

void judge_database(struct doctor_checks *checks, const struct database_facts *facts)
{
    struct err err;
    if (!read_only_judge(&facts->read_only, &err))
        check_error(checks, "database", &err);
    else if (!text_equal(facts->encoding, "UTF8"))
        check_warn(checks, "database", "create a database with `encoding UTF8`, from template0",
                   "database %s on %s has the encoding %s, which cannot store every text of the service",
                   facts->database, facts->server, facts->encoding);
    else
        check_ok(checks, "database", "database %s on %s, as role %s", facts->database, facts->server,
                 facts->role);
}

void judge_database_version(struct doctor_checks *checks, int version)
{
    if (version < SCHEMA_OLDEST_SERVER)
        check_fail(checks,
                   &(struct check_failure){"database_version", ERR_CONFIG,
                                           "upgrade the server, or name another in database.dsn"},
                   "PostgreSQL %d, tokenflex-etl needs 15 or later", version / 10000);
    else
        check_ok(checks, "database_version", "PostgreSQL %d.%d", version / 10000, version % 10000);
}

void judge_pooler(struct doctor_checks *checks, enum pg_pooler pooler)
{
    struct err err;
    if (pooler == PG_POOLER_NONE) {
        check_ok(checks, "pooler", "each connection has a server session of its own");
    } else {
        pg_pooler_error(pooler, &err);
        check_error(checks, "pooler", &err);
    }
}

void judge_connections(struct doctor_checks *checks, const struct database_facts *facts,
                       const struct settings *settings)
{
    unsigned parallel_jobs = settings->run.parallel_jobs;
    bool keeps_login =
        settings->auth.flow == AUTH_REFRESH_TOKEN && settings->auth.token_store == TOKEN_STORE_DATABASE;
    if (keeps_login && facts->max_connections == (int64_t)parallel_jobs)
        check_warn(checks, "connections",
                   "allow the role more (alter role … connection limit …, max_connections), or lower "
                   "run.parallel_jobs",
                   "the role %s may have %" PRId64 " connection%s at once, and run.parallel_jobs is %u: the "
                   "login in the database (auth.token_store) needs one more",
                   facts->role, facts->max_connections, readable_plural((uint64_t)facts->max_connections),
                   parallel_jobs);
    else if (facts->max_connections < (int64_t)parallel_jobs)
        check_warn(checks, "connections",
                   "allow the role more (alter role … connection limit …, max_connections), or lower "
                   "run.parallel_jobs",
                   "the role %s may have %" PRId64
                   " connections at once, and run.parallel_jobs is %u: fewer jobs "
                   "run at once",
                   facts->role, facts->max_connections, parallel_jobs);
    else
        check_ok(checks, "connections", "the role %s may have %" PRId64 " connection%s at once, for %u job%s",
                 facts->role, facts->max_connections, readable_plural((uint64_t)facts->max_connections),
                 parallel_jobs, readable_plural(parallel_jobs));
}

/* Collects what the role lacks, and the statements that would grant it. */
struct wants {
    struct buf missing;
    struct buf grants;
    const char *role;
};

static void require_privilege(struct wants *wants, const char *missing, const char *privileges,
                              const char *object)
{
    buf_print(&wants->missing, "%s%s", wants->missing.length ? "; " : "", missing);
    if (!privileges)
        return;
    buf_print(&wants->grants, "%sgrant %s on %s to ", wants->grants.length ? " " : "", privileges, object);
    pg_put_identifier(&wants->grants, wants->role);
    buf_put(&wants->grants, ";");
}

static void put_object(struct buf *out, const char *kind, const char *name)
{
    buf_print(out, "%s ", kind);
    pg_put_identifier(out, name);
}

static void want_of_tool_schema(struct wants *wants, const struct database_facts *facts)
{
    SCOPED(buf) struct buf lacking = buf_make(BUF_OWN_TEXT);
    if (!facts->has_tool_schema)
        return;
    if (!facts->may_use_tool_schema)
        require_privilege(wants, "may not use the schema tokenflex_etl", "usage", "schema tokenflex_etl");
    buf_print(&lacking, "lacks privileges on tables of tokenflex_etl: %s", facts->tool_tables_lacking);
    if (*facts->tool_tables_lacking)
        require_privilege(wants, buf_text(&lacking), "select, insert, update, delete",
                          "all tables in schema tokenflex_etl");
}

static void want_of_target_schema(struct wants *wants, const struct database_facts *facts)
{
    SCOPED(buf) struct buf schema = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf database = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf missing = buf_make(BUF_OWN_TEXT);
    put_object(&schema, "schema", facts->schema);
    put_object(&database, "database", facts->database);
    if (!facts->has_schema && !facts->may_create_schemas) {
        buf_print(&missing, "may not create the schema %s", facts->schema);
        require_privilege(wants, buf_text(&missing), "create", buf_text(&database));
    } else if (facts->has_schema && !(facts->may_use_schema && facts->may_create_in_schema)) {
        buf_print(&missing, "may not create tables in the schema %s", facts->schema);
        require_privilege(wants, buf_text(&missing), "usage, create", buf_text(&schema));
    }
    buf_clear(&missing);
    buf_print(&missing, "lacks privileges on tables of %s: %s", facts->schema, facts->tables_lacking);
    buf_clear(&schema);
    put_object(&schema, "all tables in schema", facts->schema);
    if (*facts->tables_lacking)
        require_privilege(wants, buf_text(&missing), "select, insert, update, delete", buf_text(&schema));
    if (!facts->may_create_temporary)
        require_privilege(wants, "may not create temporary tables", "temporary", buf_text(&database));
}

void judge_privileges(struct doctor_checks *checks, const struct database_facts *facts)
{
    SCOPED(buf) struct buf roles = buf_make(BUF_OWN_TEXT);
    struct wants wants = {
        .missing = buf_make(BUF_OWN_TEXT), .grants = buf_make(BUF_OWN_TEXT), .role = facts->role};
    want_of_target_schema(&wants, facts);
    want_of_tool_schema(&wants, facts);
    buf_print(&roles, "database.grant_select_to names roles that do not exist: %s", facts->unknown_roles);
    if (*facts->unknown_roles)
        require_privilege(&wants, buf_text(&roles), NULL, NULL);
    if (wants.missing.length == 0)
        check_ok(checks, "privileges", "the role %s may create and fill tables in the schema %s", facts->role,
                 facts->schema);
    else
        check_fail(checks, &(struct check_failure){"privileges", ERR_CREATE, buf_text(&wants.grants)},
                   "the role %s: %s", facts->role, buf_text(&wants.missing));
    buf_release(&wants.missing);
    buf_release(&wants.grants);
}

void judge_views(struct doctor_checks *checks, const struct text_list *stale)
{
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    if (stale->count == 0)
        return;
    buf_put_list(&names, stale);
    check_warn(checks, "report_views",
               "run tokenflex-etl init --reports as their owner; a `run` that loads rows does it too",
               "out of date, they do not read the tables that exist now: %s", buf_text(&names));
}

void judge_schema(struct doctor_checks *checks, const struct database_facts *facts,
                  const struct schema_change *levels)
{
    static const char init[] = "tokenflex-etl init; `run` does it too";
    static const char let_init[] = "run `tokenflex-etl init` once as a role that has these rights";
    const struct check_failure refused = {"schema", ERR_CREATE, let_init};
    bool exists = facts->has_tool_schema;
    bool may_make = exists ? facts->may_create_in_tool_schema : facts->may_create_schemas;
    bool may_upgrade = may_make && facts->owns_tool_tables;
    if (levels->from > levels->to)
        check_fail(checks,
                   &(struct check_failure){"schema", ERR_CONFIG, "install the newer tokenflex-etl here too"},
                   "tokenflex_etl is at level %d, this program knows %d", levels->from, levels->to);
    else if (levels->from == levels->to)
        check_ok(checks, "schema", "tokenflex_etl is up to date (level %d)", levels->to);
    else if (levels->from == 0 && may_make)
        check_warn(checks, "schema", init, "tokenflex_etl %s",
                   exists ? "is still empty" : "does not exist yet");
    else if (levels->from == 0)
        check_fail(checks, &refused, "tokenflex_etl %s, and the role %s may not %s",
                   exists ? "is empty" : "is not there", facts->role,
                   exists ? "create tables in it" : "create schemas");
    else if (may_upgrade)
        check_warn(checks, "schema", init, "tokenflex_etl is at level %d, this program wants %d",
                   levels->from, levels->to);
    else
        check_fail(checks, &refused,
                   "tokenflex_etl is at level %d, this program wants %d, and the role %s may not upgrade it",
                   levels->from, levels->to, facts->role);
}
