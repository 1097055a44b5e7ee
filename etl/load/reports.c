#include "load/reports.h"

#include "load/ddl_lock.h"
#include "load/report_text.h"
#include "sql/statements.h"

#include <string.h>

struct making {
    struct pg *pg;
    const struct target_schema *target;
    struct arena *arena;
};

static void put_view(const struct target_schema *target, const char *view, struct buf *sql)
{
    pg_put_identifier(sql, target->name);
    buf_put(sql, ".");
    pg_put_identifier(sql, view);
}

void reports_put_search_path(const char *schema, struct buf *sql)
{
    buf_put(sql, "set local search_path to ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ", pg_temp");
}

static void put_grants(const struct target_schema *target, const char *view, struct buf *sql)
{
    for (size_t i = 0; i < target->readers->count; i++) {
        buf_put(sql, "grant select on ");
        put_view(target, view, sql);
        buf_put(sql, " to ");
        pg_put_identifier(sql, target->readers->items[i]);
        buf_put(sql, ";\n");
    }
}

bool reports_split_tables(struct pg *pg, const char *schema, const char *names, struct arena *arena,
                          struct report_tables *tables, struct err *err)
{
    *tables = (struct report_tables){0};
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_REPORT_TABLES, PG_PARAMS(schema, names), err);
    if (!found)
        return false;
    for (int row = 0; row < PQntuples(found); row++) {
        struct text_list *list = pg_flag(found, row, "exists") ? &tables->existing : &tables->missing;
        arena_add_text(arena, list, arena_copy_text(arena, pg_value(found, row, "name")));
        tables->is_forbidden = pg_flag(found, row, "is_forbidden");
    }
    return true;
}

static bool find_view(const struct making *making, const char *view, bool *exists, struct err *err)
{
    SCOPED(pg_result)
    PGresult *found = pg_query(making->pg, SQL_REPORT_VIEW, PG_PARAMS(making->target->name, view), err);
    if (!found)
        return false;
    *exists = PQntuples(found) > 0;
    if (!*exists || pg_flag(found, 0, "is_ours"))
        return true;
    err_set(err, ERR_CREATE, "%s.%s is there, and was not made by init --reports", making->target->name,
            view);
    return err_hint(err,
                    "rename or drop it; the views of tokenflex-etl have a mark at the end of their comment");
}

/* The outcome of creating a view. */
enum outcome {
    OUTCOME_DONE,
    OUTCOME_OTHER_COLUMNS, /* the view exists with other columns, which PostgreSQL does not change in place */
    OUTCOME_UNFIT,         /* a table differs from what the shipped job creates */
};

/* undefined_column, undefined_function, datatype_mismatch */
static bool is_unfit(const char *sqlstate)
{
    return text_equal(sqlstate, "42703") || text_equal(sqlstate, "42883") || text_equal(sqlstate, "42804");
}

/* Runs the statement that creates a view. If it fails for a reason of enum outcome, returns true, leaves the
 * transaction usable, and sets why. */
static bool attempt(const struct making *making, const struct sql_report *source, const char *text,
                    enum outcome *outcome, struct err *why)
{
    struct err failed;
    *outcome = OUTCOME_DONE;
    if (!pg_exec(making->pg, "savepoint report", why))
        return false;
    if (pg_exec(making->pg, text, why))
        return true;
    if (text_equal(why->sqlstate, "42P16"))
        *outcome = OUTCOME_OTHER_COLUMNS;
    else if (is_unfit(why->sqlstate))
        *outcome = OUTCOME_UNFIT;
    else
        return err_wrap(why, "cannot create view %s.%s", making->target->name, source->name);
    if (pg_exec(making->pg, "rollback to savepoint report", &failed))
        return true;
    *why = failed;
    return false;
}

static bool refuse_dependents(const struct making *making, const char *view, struct err *err)
{
    SCOPED(pg_result)
    PGresult *dependents =
        pg_query(making->pg, SQL_REPORT_DEPENDENTS, PG_PARAMS(making->target->name, view), err);
    if (!dependents)
        return false;
    if (pg_null(dependents, 0, "dependents"))
        return true;
    const char *names = pg_value(dependents, 0, "dependents");
    err_set(err, ERR_CREATE,
            "view %s.%s needs other columns, so it must be dropped and created again, but %s %s it",
            making->target->name, view, names, strchr(names, ',') ? "read" : "reads");
    return err_hint(err, "drop what uses it, and create that again after init --reports");
}

static bool recreate(const struct making *making, const struct sql_report *source, const char *text,
                     struct err *err)
{
    SCOPED(buf) struct buf drop = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result)
    PGresult *grants =
        pg_query(making->pg, SQL_REPORT_GRANTS, PG_PARAMS(making->target->name, source->name), err);
    if (!grants || !refuse_dependents(making, source->name, err))
        return false;
    buf_put(&drop, "drop view ");
    put_view(making->target, source->name, &drop);
    if (!pg_exec(making->pg, buf_text(&drop), err) || !pg_exec(making->pg, text, err))
        return err_wrap(err, "cannot create view %s.%s again", making->target->name, source->name);
    for (int row = 0; row < PQntuples(grants); row++)
        if (!pg_exec(making->pg, pg_value(grants, row, "statement"), err))
            return false;
    return true;
}

static bool make_view(const struct making *making, const struct sql_report *source, struct report *report,
                      struct err *err)
{
    SCOPED(buf) struct buf grants = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    struct report_tables used;
    struct err why;
    enum outcome outcome;
    bool exists;
    if (!find_view(making, source->name, &exists, err) ||
        !reports_split_tables(making->pg, making->target->name, source->uses, making->arena, &used, err))
        return false;
    report_text_put(source->text, &used.existing, &text);
    if (!attempt(making, source, buf_text(&text), &outcome, &why)) {
        *err = why;
        return false;
    }
    if (outcome == OUTCOME_UNFIT) {
        report->reason = arena_copy_text(making->arena, why.text);
        return true;
    }
    if (outcome == OUTCOME_OTHER_COLUMNS && !recreate(making, source, buf_text(&text), err))
        return false;
    report->state = exists ? REPORT_REPLACED : REPORT_CREATED;
    if (outcome == OUTCOME_OTHER_COLUMNS)
        report->state = REPORT_RECREATED;
    put_grants(making->target, source->name, &grants);
    return grants.length == 0 || pg_exec(making->pg, buf_text(&grants), err);
}

static bool begin(const struct making *making, struct err *err)
{
    SCOPED(buf) struct buf path = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *settings = pg_query(making->pg, SQL_LOAD_SETTINGS, PG_PARAMS("0"), err);
    reports_put_search_path(making->target->name, &path);
    return settings && ddl_lock(making->target->name, making->pg, err) &&
           pg_exec(making->pg, buf_text(&path), err);
}

/* Makes the view if all tables that it needs exist. */
static bool make_report(const struct making *making, const struct sql_report *source, struct report *report,
                        struct err *err)
{
    struct report_tables needed;
    if (!reports_split_tables(making->pg, making->target->name, source->needs, making->arena, &needed, err))
        return false;
    *report = (struct report){.name = source->name, .missing = needed.missing};
    return report->missing.count > 0 || make_view(making, source, report, err);
}

static bool make_all(const struct making *making, struct reports *reports, struct err *err)
{
    if (!begin(making, err))
        return false;
    for (size_t i = 0; i < sql_report_count; i++) {
        struct report *report = arena_push(making->arena, &reports->items, &reports->count, sizeof *report);
        if (!make_report(making, &sql_reports[i], report, err))
            return false;
    }
    return pg_commit(making->pg, err);
}

/* Rolls back; ERR_AUTH becomes ERR_CREATE. Returns false. */
static bool roll_back(struct pg *pg, struct err *err)
{
    pg_rollback(pg);
    if (err->kind == ERR_AUTH) {
        err->kind = ERR_CREATE;
        err_hint(err, "run it as the owner of views and tables, or hand a DBA `init --sql --reports`, "
                      "to be run with --set=role= and the role of the run");
    }
    return false;
}

bool reports_make(struct pg *pg, const struct target_schema *target, struct arena *arena,
                  struct reports *reports, struct err *err)
{
    struct making making = {pg, target, arena};
    *reports = (struct reports){0};
    if (!pg_begin(pg, err))
        return false;
    return make_all(&making, reports, err) || roll_back(pg, err);
}

/* A view and its tables, as SQL_REPORT_STALE takes them. */
static void put_asked(const struct sql_report *source, struct buf *asked)
{
    buf_print(asked, "%s%s", asked->length ? "\n\n" : "", source->name);
    if (*source->needs)
        buf_print(asked, "\n%s", source->needs);
    if (*source->uses)
        buf_print(asked, "\n%s", source->uses);
}

/* Appends the source's name where all tables that the view needs exist. */
static bool add_stale(struct pg *pg, const char *schema, const struct sql_report *source, struct arena *arena,
                      struct text_list *stale, struct err *err)
{
    struct report_tables needed;
    if (!reports_split_tables(pg, schema, source->needs, arena, &needed, err))
        return false;
    if (needed.missing.count == 0)
        arena_add_text(arena, stale, source->name);
    return true;
}

static bool is_named(const PGresult *found, const char *name)
{
    for (int row = 0; row < PQntuples(found); row++)
        if (text_equal(pg_value(found, row, "name"), name))
            return true;
    return false;
}

bool reports_exist(struct pg *pg, const char *schema, bool *exist, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_REPORT_EXISTS, PG_PARAMS(schema), err);
    *exist = found && pg_flag(found, 0, "has_reports");
    return found != NULL;
}

bool reports_find_stale(struct pg *pg, const char *schema, struct arena *arena, struct text_list *stale,
                        struct err *err)
{
    *stale = (struct text_list){0};
    SCOPED(buf) struct buf asked = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < sql_report_count; i++)
        put_asked(&sql_reports[i], &asked);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_REPORT_STALE, PG_PARAMS(schema, buf_text(&asked)), err);
    if (!found)
        return false;
    for (size_t i = 0; i < sql_report_count; i++)
        if (is_named(found, sql_reports[i].name) &&
            !add_stale(pg, schema, &sql_reports[i], arena, stale, err))
            return false;
    return true;
}

static bool renew_all(const struct making *making, const struct text_list *views, struct err *err)
{
    if (!begin(making, err))
        return false;
    for (size_t i = 0; i < sql_report_count; i++) {
        struct report report;
        if (!text_list_has(views, sql_reports[i].name))
            continue;
        if (!make_report(making, &sql_reports[i], &report, err))
            return false;
        if (report.reason)
            return err_set(err, ERR_CREATE, "a table is not as its shipped job makes it: %s", report.reason);
    }
    return pg_commit(making->pg, err);
}

bool reports_renew(struct pg *pg, const struct target_schema *target, const struct text_list *views,
                   struct arena *arena, struct err *err)
{
    struct making making = {pg, target, arena};
    if (!pg_begin(pg, err))
        return false;
    return renew_all(&making, views, err) || roll_back(pg, err);
}

const char *report_state_name(enum report_state state)
{
    switch (state) {
    case REPORT_LEFT_OUT:
        return "left_out";
    case REPORT_CREATED:
        return "created";
    case REPORT_REPLACED:
        return "replaced";
    case REPORT_RECREATED:
        return "recreated";
    }
    return "?";
}

void reports_put_script(const struct target_schema *target, struct buf *script)
{
    buf_put(
        script,
        "-- The report views of tokenflex-etl, as `tokenflex-etl init --reports` makes them. For psql:\n"
        "--\n"
        "--   psql --set=ON_ERROR_STOP=1 --set=role=ROLE --file=FILE\n"
        "--\n"
        "-- ROLE is the role that tokenflex-etl runs as, and the owner of the tables. It becomes the owner "
        "of "
        "the views, so that\n"
        "-- their readers need no privilege on the tables. You must be a member of ROLE. Without it you own "
        "the views.\n"
        "--\n"
        "-- Every table that is named behind `needs` has to be there: the job of the same name loads it. "
        "Leave out the views\n"
        "-- whose tables you do not load.\n"
        "\\set ON_ERROR_STOP on\n\\encoding UTF8\n"
        "begin;\n");
    reports_put_search_path(target->name, script);
    buf_put(script, ";\n");
    for (size_t i = 0; i < sql_report_count; i++) {
        buf_print(script, "\n-- %s\n", sql_reports[i].name);
        report_text_put_script(&sql_reports[i], script);
        put_grants(target, sql_reports[i].name, script);
        buf_print(script, "\\if :{?role}\nalter view %s owner to :\"role\";\n\\endif\n", sql_reports[i].name);
    }
    buf_put(script, "\ncommit;\n");
}
