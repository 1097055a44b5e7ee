#include "load/max_change.h"

#include "base/log.h"
#include "base/text.h"
#include "sql/statements.h"

#include <stdio.h>

static const struct job_checks *checks_of(const struct max_change_request *request)
{
    return &request->scope->target->job->checks;
}

static const char *column_of(const struct target *target, const char *metric)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].api_name, metric))
            return target->columns[i].name;
    return NULL;
}

static void put_sum(const struct max_change_request *request, size_t at, struct statement *statement)
{
    const struct target *target = request->scope->target;
    const char *column = column_of(target, checks_of(request)->max_changes[at].metric);
    statement_put(statement, ", coalesce(trim_scale(sum(t.");
    statement_put_identifier(statement, column ? column : "");
    buf_print(&statement->sql, "::numeric)), 0) as sum_%zu", at);
}

/* Reads the current sums of the scope. *rows: the number of rows in them. */
static bool sum_up(const struct max_change_request *request, struct pg *pg, struct arena *arena,
                   const char ***sums, uint64_t *rows, struct err *err)
{
    const struct job_checks *checks = checks_of(request);
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "select count(*) as rows");
    for (size_t i = 0; i < checks->max_change_count; i++)
        put_sum(request, i, &statement);
    statement_put(&statement, " from ");
    scope_put_table(request->scope, &statement);
    statement_put(&statement, " where ");
    scope_put(request->scope, &statement);
    if (request->comparable->by_day)
        comparable_put_rows(request->comparable, request->scope->target, true, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return err_wrap(err, "cannot evaluate checks.max_change");
    *rows = pg_count(found, 0, "rows");
    *sums = arena_alloc(arena, checks->max_change_count, sizeof **sums);
    for (size_t i = 0; i < checks->max_change_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "sum_%zu", i);
        (*sums)[i] = arena_copy_text(arena, pg_value(found, 0, name));
    }
    return true;
}

bool max_change_measure(const struct max_change_request *request, struct pg *pg, struct arena *arena,
                        struct max_change_sums *before, struct err *err)
{
    uint64_t rows = 0;
    *before = (struct max_change_sums){0};
    if (checks_of(request)->max_change_count == 0 || request->comparable->none)
        return true;
    if (!sum_up(request, pg, arena, &before->sums, &rows, err))
        return false;
    before->are_known = rows > 0;
    return true;
}

/* Appends in words a sum that has changed too much; nothing for any other. */
static bool compare(const struct job_max_change *change, const char *before, const char *after, struct pg *pg,
                    struct buf *words, struct err *err)
{
    char percent[40];
    snprintf(percent, sizeof percent, "%.15g", change->percent);
    SCOPED(pg_result)
    PGresult *judged = pg_query(pg, SQL_CHANGE_EXCEEDS, PG_PARAMS(before, after, percent), err);
    if (!judged)
        return err_wrap(err, "cannot evaluate checks.max_change");
    if (pg_flag(judged, 0, "exceeds"))
        buf_print(words, "%sthe sum of %s changes from %s to %s, more than the %s%% of checks.max_change",
                  words->length ? "; " : "", change->metric, before, after, percent);
    return true;
}

bool max_change_check(const struct max_change_request *request, const struct max_change_sums *before,
                      struct pg *pg, struct err *err)
{
    const struct job_checks *checks = checks_of(request);
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf words = buf_make(BUF_OWN_TEXT);
    const char **after;
    uint64_t rows;
    if (!before->are_known)
        return true;
    if (!sum_up(request, pg, arena, &after, &rows, err))
        return false;
    for (size_t i = 0; i < checks->max_change_count; i++)
        if (!compare(&checks->max_changes[i], before->sums[i], after[i], pg, &words, err))
            return false;
    if (words.length == 0)
        return true;
    if (!request->accept) {
        err_set(err, ERR_DATA, "%s", buf_text(&words));
        return err_hint(err, "if the answer is right, let this run load it with `run --accept`");
    }
    log_warn("max-change", "%s; loaded (--accept)", buf_text(&words));
    buf_print(request->accepted, "%s%s", request->accepted->length ? "\n" : "", buf_text(&words));
    return true;
}
