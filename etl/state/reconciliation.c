#include "state/reconciliation.h"

#include "base/buf.h"
#include "base/text.h"
#include "sql/statements.h"

const char *totals_status_name(enum totals_status status)
{
    static const char *const names[] = {
        [TOTALS_EQUAL] = "equal",     [TOTALS_DIFFERS] = "differs",       [TOTALS_MOVED_ON] = "moved_on",
        [TOTALS_RUNNING] = "running", [TOTALS_NOT_LOADED] = "not_loaded",
    };
    return names[status];
}

bool totals_is_difference(enum totals_status status)
{
    return status == TOTALS_DIFFERS || status == TOTALS_MOVED_ON;
}

bool reconciliation_past(struct pg *pg, const struct reconciliation_of *of, struct arena *arena,
                         struct totals_pasts *pasts, struct err *err)
{
    *pasts = (struct totals_pasts){0};
    SCOPED(pg_result)
    PGresult *rows =
        pg_query(pg, SQL_RECONCILIATION_PAST, PG_PARAMS(of->contract, of->name.schema, of->name.table), err);
    if (!rows)
        return err_wrap(err, "cannot read earlier comparisons");
    for (int row = 0; row < PQntuples(rows); row++) {
        struct totals_past *past = arena_push(arena, &pasts->items, &pasts->count, sizeof *past);
        *past = (struct totals_past){
            .key = {.year = (unsigned)pg_count(rows, row, "contract_year"),
                    .category = pg_copy(rows, row, "usage_category", arena)},
            .equal_service = pg_copy(rows, row, "equal_service", arena),
            .reloaded_service = pg_copy(rows, row, "reloaded_service", arena),
            .reloaded_loaded = pg_copy(rows, row, "reloaded_loaded", arena),
        };
        pg_day(rows, row, "usage_month", &past->key.month);
    }
    return true;
}

static void put_months(const struct totals_months *months, struct buf *list)
{
    char day[DATE_TEXT];
    for (size_t i = 0; i < months->count; i++)
        buf_print(list, "%s%s", i > 0 ? "\n" : "", date_format(months->items[i], day));
}

bool reconciliation_whole_months(struct pg *pg, const struct reconciliation_of *of,
                                 const struct reconciliation_months *asked, struct arena *arena,
                                 struct totals_months *whole, struct err *err)
{
    SCOPED(buf) struct buf months = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf empty = buf_make(BUF_OWN_TEXT);
    put_months(asked->months, &months);
    put_months(asked->empty, &empty);
    *whole = (struct totals_months){0};
    SCOPED(pg_result)
    PGresult *rows = pg_query(
        pg, SQL_RECONCILIATION_MONTHS,
        PG_PARAMS(of->contract, of->name.schema, of->name.table, buf_text(&months), buf_text(&empty)), err);
    if (!rows)
        return err_wrap(err, "cannot read which months are loaded");
    for (int row = 0; row < PQntuples(rows); row++)
        pg_day(rows, row, "usage_month", arena_push(arena, &whole->items, &whole->count, sizeof(date_t)));
    return true;
}

bool reconciliation_is_due(struct pg *pg, const struct reconciliation_due *due, bool *is_due, struct err *err)
{
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_SUMMARY_DUE,
                 PG_PARAMS(due->contract, due->schema, due->tables, due->will_hold ? "true" : "false"), err);
    if (!found)
        return err_wrap(err, "cannot read whether a comparison is due");
    *is_due = pg_flag(found, 0, "is_due");
    return true;
}

bool reconciliation_claim(struct pg *pg, const char *contract, bool *is_ours, struct err *err)
{
    SCOPED(pg_result) PGresult *claimed = pg_query(pg, SQL_SUMMARY_CLAIM, PG_PARAMS(contract), err);
    if (!claimed)
        return err_wrap(err, "cannot record the request for a summary");
    *is_ours = PQntuples(claimed) > 0;
    return true;
}

bool reconciliation_release(struct pg *pg, const char *contract, struct err *err)
{
    SCOPED(pg_result) PGresult *released = pg_query(pg, SQL_SUMMARY_RELEASE, PG_PARAMS(contract), err);
    return released || err_wrap(err, "cannot record that there was no summary");
}

/* The lines as lists of the same length, one value a line; an empty one is null. */
struct lists {
    struct buf months;
    struct buf years;
    struct buf categories;
    struct buf loaded;
    struct buf service;
    struct buf differences;
    struct buf statuses;
};

static void lists_cleanup(struct lists *lists)
{
    buf_release(&lists->months);
    buf_release(&lists->years);
    buf_release(&lists->categories);
    buf_release(&lists->loaded);
    buf_release(&lists->service);
    buf_release(&lists->differences);
    buf_release(&lists->statuses);
}

static void put_line(const struct reconciliation_line *line, const char *before, struct lists *lists)
{
    char month[DATE_TEXT];
    const char *category = line->key.category ? line->key.category : "";
    buf_print(&lists->months, "%s%s", before, date_format(line->key.month, month));
    buf_put(&lists->years, before);
    if (line->key.year > 0)
        buf_print(&lists->years, "%u", line->key.year);
    buf_print(&lists->categories, "%s%s", before, category);
    buf_print(&lists->loaded, "%s%s", before, line->loaded);
    buf_print(&lists->service, "%s%s", before, line->service);
    buf_print(&lists->differences, "%s%s", before, line->difference);
    buf_print(&lists->statuses, "%s%s", before, totals_status_name(line->status));
}

bool reconciliation_remember(struct pg *pg, const struct reconciliation_record *record, struct err *err)
{
    SCOPED(lists)
    struct lists lists = {buf_make(BUF_OWN_TEXT), buf_make(BUF_OWN_TEXT), buf_make(BUF_OWN_TEXT),
                          buf_make(BUF_OWN_TEXT), buf_make(BUF_OWN_TEXT), buf_make(BUF_OWN_TEXT),
                          buf_make(BUF_OWN_TEXT)};
    for (size_t i = 0; i < record->count; i++)
        put_line(&record->lines[i], i > 0 ? "\n" : "", &lists);
    SCOPED(pg_result)
    PGresult *kept = pg_query(
        pg, SQL_RECONCILIATION_REMEMBER,
        PG_PARAMS(record->of.contract, record->of.name.schema, record->of.name.table, record->job,
                  record->invocation_id, record->was_reloaded ? "true" : "false", buf_text(&lists.months),
                  buf_text(&lists.years), buf_text(&lists.categories), buf_text(&lists.loaded),
                  buf_text(&lists.service), buf_text(&lists.differences), buf_text(&lists.statuses)),
        err);
    return kept || err_wrap(err, "cannot write the comparison with the service's totals");
}
