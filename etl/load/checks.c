#include "load/checks.h"

#include "base/text.h"
#include "load/statement.h"
#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At most this many violating rows are shown. */
#define SHOWN_ROWS 3

/* The longest text of shown rows: error texts end at 1,535 bytes. */
#define SHOWN_BYTES 700

#define NOTHING_LOADED                                                                                       \
    "nothing was loaded; correct the data at the service, or change the job's `checks` if they are too "     \
    "strict"

static void put_rows(const PGresult *result, int rows, struct buf *text)
{
    for (int row = 0; row < rows && text->length < SHOWN_BYTES; row++) {
        buf_put(text, row ? "; " : "");
        pg_put_row(result, row, text);
    }
}

static const struct target_column *find_column(const struct target *target, const char *api_name)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].api_name, api_name))
            return &target->columns[i];
    return NULL;
}

/* Appends `select KEY, COLUMN from STAGE s where `: the columns that are shown of a violating row. */
static void put_shown_columns(const struct checks *checks, const struct target_column *checked,
                              struct statement *statement)
{
    const struct target *target = checks->target;
    statement_put(statement, "select ");
    for (size_t i = 0; i < target->key_count; i++) {
        const struct target_column *column = &target->columns[target->key[i]];
        if (column == checked)
            continue;
        statement_put(statement, "s.");
        statement_put_identifier(statement, column->name);
        statement_put(statement, ", ");
    }
    statement_put(statement, "s.");
    statement_put_identifier(statement, checked->name);
    statement_put(statement, " from ");
    statement_put(statement, stage_name(checks->stage));
    statement_put(statement, " s where ");
}

static void put_is_null(struct statement *statement, const struct target_column *column)
{
    statement_put(statement, "s.");
    statement_put_identifier(statement, column->name);
    statement_put(statement, " is null");
}

/* The values are a text[], cast to an array of the column's type. */
static void put_is_not_in(struct statement *statement, const struct target_column *column, const char *values)
{
    char type[40];
    snprintf(type, sizeof type, "%s[]", column_type_name(column->type));
    statement_put(statement, "s.");
    statement_put_identifier(statement, column->name);
    statement_put(statement, " <> all (");
    statement_put_value(statement, values, type);
    statement_put(statement, ")");
}

static void put_array(const struct text_list *values, struct buf *array)
{
    for (size_t i = 0; i < values->count; i++) {
        buf_put(array, i ? ",\"" : "{\"");
        for (const char *at = values->items[i]; *at; at++)
            buf_print(array, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
        buf_put(array, "\"");
    }
    buf_put(array, "}");
}

static bool refuse_rows(const PGresult *found, uint64_t rows, const char *what, struct err *err)
{
    SCOPED(buf) struct buf shown = buf_make(BUF_OWN_TEXT);
    int most = PQntuples(found) < SHOWN_ROWS ? PQntuples(found) : SHOWN_ROWS;
    put_rows(found, most, &shown);
    if (rows > (uint64_t)most)
        buf_print(&shown, "; and %" PRIu64 " more", rows - (uint64_t)most);
    err_set(err, ERR_DATA, "%" PRIu64 " %s of the answer %s %s: %s", rows, rows == 1 ? "row" : "rows",
            rows == 1 ? "fails" : "fail", what, buf_text(&shown));
    return err_hint(err, NOTHING_LOADED);
}

/* `condition` is a statement that selects violating rows. If there are more than can be shown, it is run
 * again to count them. */
static bool check_violations(const struct statement *condition, const char *what, struct pg *pg,
                             struct err *err)
{
    struct statement first = *condition;
    struct statement all = *condition;
    char most[PG_NUMBER];
    first.sql = buf_make(BUF_OWN_TEXT);
    all.sql = buf_make(BUF_OWN_TEXT);
    buf_print(&first.sql, "%s limit %s", buf_text(&condition->sql), pg_number(SHOWN_ROWS + 1, most));
    buf_print(&all.sql, "select count(*) as rows from (%s) violations", buf_text(&condition->sql));
    SCOPED(pg_result) PGresult *found = statement_run(&first, pg, err);
    bool is_many = found && PQntuples(found) > SHOWN_ROWS;
    SCOPED(pg_result) PGresult *counted = is_many ? statement_run(&all, pg, err) : NULL;
    buf_release(&first.sql);
    buf_release(&all.sql);
    if (!found || (is_many && !counted))
        return err_wrap(err, "cannot evaluate %s", what);
    uint64_t rows = is_many ? pg_count(counted, 0, "rows") : (uint64_t)PQntuples(found);
    return rows == 0 || refuse_rows(found, rows, what, err);
}

static bool check_not_null(const struct checks *checks, const char *name, struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    SCOPED(buf) struct buf what = buf_make(BUF_OWN_TEXT);
    const struct target_column *column = find_column(checks->target, name);
    if (!column)
        return err_set(err, ERR_BUG, "checks.not_null names %s, which is not in the result", name);
    put_shown_columns(checks, column, &statement);
    put_is_null(&statement, column);
    buf_print(&what, "checks.not_null (%s)", name);
    return check_violations(&statement, buf_text(&what), pg, err);
}

static bool check_values(const struct checks *checks, const struct job_value_list *list, struct pg *pg,
                         struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    SCOPED(buf) struct buf array = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf what = buf_make(BUF_OWN_TEXT);
    const struct target_column *column = find_column(checks->target, list->name);
    if (!column)
        return err_set(err, ERR_BUG, "checks.in names %s, which is not in the result", list->name);
    put_array(&list->values, &array);
    put_shown_columns(checks, column, &statement);
    put_is_not_in(&statement, column, buf_text(&array));
    buf_print(&what, "checks.in (%s)", list->name);
    if (check_violations(&statement, buf_text(&what), pg, err))
        return true;
    if (text_starts_with(err->sqlstate, "22")) {
        err->kind = ERR_CONFIG;
        return err_hint(err, "the values of checks.in must be of the column's type, %s",
                        column_type_name(column->type));
    }
    return false;
}

/* Queries of the job: checks.sql. */

/* Appends the view of the stage that the queries read. A view takes no parameters, so values are quoted
 * literals. */
static void put_view(const struct checks *checks, struct buf *sql)
{
    const struct target *target = checks->target;
    struct window_days days;
    window_put_days(checks->window, &days);
    buf_put(sql, "create temporary view " CHECKS_VIEW " as select ");
    pg_put_literal(sql, checks->contract);
    buf_put(sql, "::text as contract_number");
    if (target->windowed) {
        buf_put(sql, ", ");
        pg_put_literal(sql, days.from);
        buf_put(sql, "::date as window_start, ");
        pg_put_literal(sql, days.to);
        buf_put(sql, "::date as window_end");
    }
    for (size_t i = 0; i < target->count; i++) {
        buf_put(sql, ", ");
        pg_put_identifier(sql, target->columns[i].name);
    }
    buf_print(sql, " from %s", stage_name(checks->stage));
}

static bool show_stage(const struct checks *checks, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    put_view(checks, &sql);
    if (!pg_exec(pg, "savepoint checks", err) || !pg_exec(pg, buf_text(&sql), err))
        return false;
    SCOPED(pg_result)
    PGresult *set = pg_query(pg, SQL_CHECK_SETTINGS, PG_PARAMS(checks->target->schema), err);
    return set != NULL;
}

/* An error that the query has caused becomes ERR_CONFIG; others (connection, stop, serialization) keep their
 * kind. */
static bool explain_query(const char *what, struct err *err)
{
    bool is_fault_of_query = err->kind == ERR_BUG || err->kind == ERR_DATA || err->kind == ERR_CREATE ||
                             err->kind == ERR_AUTH || text_equal(err->sqlstate, "25006");
    if (!*err->sqlstate || !is_fault_of_query)
        return err_wrap(err, "cannot evaluate %s", what);
    err->kind = ERR_CONFIG;
    err_wrap(err, "%s cannot be run", what);
    return err_hint(err, "it must be one query, over the view `" CHECKS_VIEW
                         "` with the table's column names, that writes nothing");
}

static bool fetch_violations(const char *query, const char *what, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf fetch = buf_make(BUF_OWN_TEXT);
    buf_print(&fetch, "fetch %d from violations", SHOWN_ROWS + 1);
    /* The newline ends a comment at the end of the query. */
    buf_print(&sql, "declare violations no scroll cursor for %s\n", query);
    SCOPED(pg_result) PGresult *declared = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!declared)
        return explain_query(what, err);
    SCOPED(pg_result) PGresult *found = pg_query(pg, buf_text(&fetch), PG_NO_PARAMS, err);
    if (!found)
        return explain_query(what, err);
    SCOPED(pg_result)
    PGresult *rest =
        PQntuples(found) > SHOWN_ROWS ? pg_query(pg, "move all in violations", PG_NO_PARAMS, err) : NULL;
    if (PQntuples(found) > SHOWN_ROWS && !rest)
        return explain_query(what, err);
    uint64_t rows = (uint64_t)PQntuples(found) + (rest ? pg_rows_affected(rest) : 0);
    return rows == 0 || refuse_rows(found, rows, what, err);
}

/* The rollback to the savepoint undoes what the query has done, and removes the view and the settings. */
static bool check_query(const struct checks *checks, size_t at, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf what = buf_make(BUF_OWN_TEXT);
    char query[100];
    const char *text = checks->target->job->checks.queries.items[at];
    buf_print(&what, "checks.sql (%s)", text_excerpt(text, strlen(text), query, sizeof query));
    if (!show_stage(checks, pg, err))
        return err_wrap(err, "cannot evaluate %s", buf_text(&what));
    return fetch_violations(text, buf_text(&what), pg, err) &&
           pg_exec(pg, "rollback to savepoint checks; release savepoint checks", err);
}

bool checks_count_rows(const struct job *job, uint64_t rows, struct err *err)
{
    unsigned least = job->checks.min_rows;
    if (rows >= least)
        return true;
    err_set(err, ERR_DATA, "the answer has %" PRIu64 " %s, and checks.min_rows is %u", rows,
            rows == 1 ? "row" : "rows", least);
    return err_hint(err, NOTHING_LOADED);
}

bool checks_run(const struct checks *checks, struct pg *pg, struct err *err)
{
    const struct job_checks *wanted = &checks->target->job->checks;
    for (size_t i = 0; i < wanted->not_null.count; i++)
        if (!check_not_null(checks, wanted->not_null.items[i], pg, err))
            return false;
    for (size_t i = 0; i < wanted->value_list_count; i++)
        if (!check_values(checks, &wanted->value_lists[i], pg, err))
            return false;
    for (size_t i = 0; i < wanted->queries.count; i++)
        if (!check_query(checks, i, pg, err))
            return false;
    return true;
}
