#include "load/restatement.h"

#include "base/text.h"
#include "load/figures.h"
#include "load/proof_check.h"
#include "sql/statements.h"

#include <stdlib.h>
#include <string.h>

static bool is_date(const struct target_column *column)
{
    return column->type == COLUMN_DATE || column->type == COLUMN_TIMESTAMP;
}

size_t restatement_date_column(const struct target *target)
{
    static const char *const dates[] = {"usageDate", "usageMonth"};
    if (target->windowed || target->day < target->count)
        return target->day;
    for (size_t name = 0; name < COUNT_OF(dates); name++)
        for (size_t i = 0; i < target->count; i++)
            if (text_equal(target->columns[i].api_name, dates[name]) && is_date(&target->columns[i]))
                return i;
    return target->count;
}

bool restatement_find(const struct load_scope *scope, struct pg *pg, struct arena *arena,
                      struct restatement *restatement, struct err *err)
{
    const struct target *target = scope->target;
    *restatement = (struct restatement){.date = restatement_date_column(target)};
    if (!target->exists || target->job->target.mode != JOB_UPSERT)
        return true;
    SCOPED(pg_result)
    PGresult *found = pg_query(
        pg, SQL_RESTATEMENT_COVERED,
        PG_PARAMS(target->schema, target->table, scope->contract, scope->days->from, scope->days->to), err);
    if (!found)
        return err_wrap(err, "cannot read which days were loaded");
    if (PQntuples(found) == 0)
        return true;
    restatement->covered = arena_copy_text(arena, pg_value(found, 0, "covered"));
    restatement->is_possible = target->windowed
                                   ? pg_flag(found, 0, "has_all") && pg_flag(found, 0, "has_window")
                                   : pg_flag(found, 0, "has_some");
    return true;
}

static bool has_month(const struct restatement *restatement, const struct target *target)
{
    return restatement->date < target->count;
}

static bool is_metric(const struct target *target, size_t column)
{
    return target->columns[column].is_metric;
}

static bool is_number(const struct target_column *column)
{
    return column->type == COLUMN_INTEGER || column->type == COLUMN_NUMERIC;
}

static void put_column(const struct target *target, size_t column, const char *alias,
                       struct statement *statement)
{
    statement_put(statement, alias);
    statement_put_identifier(statement, target->columns[column].name);
}

/* Appends `… <@ $1::datemultirange`: whether the row counts, by its day. */
static void put_is_covered(const struct restatement *restatement, const struct target *target,
                           const char *alias, struct statement *statement)
{
    if (!has_month(restatement, target)) {
        statement_put(statement, "true");
        return;
    }
    statement_put(statement, "coalesce(");
    put_column(target, restatement->date, alias, statement);
    statement_put(statement, "::date <@ ");
    statement_put_value(statement, restatement->covered, "datemultirange");
    statement_put(statement, ", false)");
}

static void put_month(const struct restatement *restatement, const struct target *target, const char *alias,
                      struct statement *statement)
{
    if (!has_month(restatement, target)) {
        statement_put(statement, "null::date");
        return;
    }
    statement_put(statement, "date_trunc('month', ");
    put_column(target, restatement->date, alias, statement);
    statement_put(statement, "::date::timestamp)::date");
}

/* Appends `, row(t."a", …) is distinct from row(s."a", …) as moved`: a field has another value. */
static void put_has_moved(const struct target *target, struct statement *statement)
{
    static const char *const sides[] = {"t.", "s."};
    bool any = false;
    statement_put(statement, ", ");
    for (size_t side = 0; side < COUNT_OF(sides); side++) {
        any = false;
        for (size_t i = 0; i < target->count; i++) {
            if (is_metric(target, i))
                continue;
            statement_put(statement, any ? ", " : side ? " is distinct from row(" : "row(");
            put_column(target, i, sides[side], statement);
            any = true;
        }
        statement_put(statement, any ? ")" : "");
    }
    statement_put(statement, any ? " as moved" : "false as moved");
}

void restatement_put_columns(const struct restatement *restatement, const struct load_scope *scope,
                             struct statement *statement)
{
    const struct target *target = scope->target;
    bool keeps = target->job->target.vanished == JOB_VANISHED_KEEP;
    statement_put(statement, ", t._row_key is not null and ");
    statement_put(statement, keeps ? "s._row_key is not null and " : "");
    put_is_covered(restatement, target, "t.", statement);
    statement_put(statement, " as was, s._row_key is not null and ");
    put_is_covered(restatement, target, "s.", statement);
    statement_put(statement, " as is_now, ");
    put_month(restatement, target, "t.", statement);
    statement_put(statement, " as was_month, ");
    put_month(restatement, target, "s.", statement);
    statement_put(statement, " as now_month");
    put_has_moved(target, statement);
    for (size_t i = 0; i < target->count; i++) {
        if (!is_metric(target, i))
            continue;
        put_column(target, i, ", t.", statement);
        buf_print(&statement->sql, " as before_%zu", i);
        put_column(target, i, ", s.", statement);
        buf_print(&statement->sql, " as after_%zu", i);
    }
}

/*
 * The changes that count, from the comparison. A row that has moved to another month is two changes: it has
 * vanished from the old month, and is new in the other. The comparison is read once, and not once for each
 * half, because the nodes of a cluster send the rows of a union to the coordinator before they are added up.
 */
static void put_sides(const struct load_scope *scope, struct statement *statement)
{
    static const char stays[] = "is_now and now_month is not distinct from was_month";
    const struct target *target = scope->target;
    buf_print(&statement->sql,
              "side as (select case when h.of_old then was_month else now_month end as month, "
              "h.of_old as was, not h.of_old or %s as is_now, moved",
              stays);
    for (size_t i = 0; i < target->count; i++)
        if (is_metric(target, i))
            buf_print(&statement->sql, ", before_%zu, after_%zu", i, i);
    buf_print(&statement->sql,
              " from %s cross join (values (true), (false)) as h (of_old) "
              "where case when h.of_old then was else is_now and not (was and %s) end), ",
              scope->difference, stays);
}

static void put_compared(const struct load_scope *scope, struct statement *statement)
{
    const struct target *target = scope->target;
    put_sides(scope, statement);
    statement_put(statement, "change as (select month, count(*) filter (where not was) as added, "
                             "count(*) filter (where not is_now) as vanished");
    for (size_t i = 0; i < target->count; i++) {
        if (!is_metric(target, i))
            continue;
        buf_print(
            &statement->sql,
            ", count(*) filter (where was and is_now and (moved or before_%zu is distinct from after_%zu))"
            " as changed_%zu, count(before_%zu) filter (where was) as values_before_%zu"
            ", count(after_%zu) filter (where is_now) as values_after_%zu",
            i, i, i, i, i, i, i);
        if (is_number(&target->columns[i]))
            buf_print(&statement->sql,
                      ", coalesce(sum(before_%zu) filter (where was), 0) as before_%zu"
                      ", coalesce(sum(after_%zu) filter (where is_now), 0) as after_%zu",
                      i, i, i, i);
    }
    statement_put(statement, " from side group by month), ");
}

/* The rows of the scope that count; all of them are new. */
static void put_filled(const struct restatement_record *record, struct statement *statement)
{
    const struct restatement *restatement = record->restatement;
    const struct target *target = record->scope->target;
    statement_put(statement, "change as (select ");
    put_month(restatement, target, "t.", statement);
    statement_put(statement, " as month, count(*) as added, 0 as vanished");
    for (size_t i = 0; i < target->count; i++) {
        if (!is_metric(target, i))
            continue;
        buf_print(&statement->sql, ", 0 as changed_%zu, 0 as values_before_%zu", i, i);
        put_column(target, i, ", count(t.", statement);
        buf_print(&statement->sql, ") as values_after_%zu", i);
        if (!is_number(&target->columns[i]))
            continue;
        put_column(target, i, ", coalesce(sum(t.", statement);
        buf_print(&statement->sql, "), 0) as after_%zu, 0 as before_%zu", i, i);
    }
    statement_put(statement, " from ");
    scope_put_table(record->scope, statement);
    statement_put(statement, " where ");
    scope_put(record->scope, statement);
    statement_put(statement, " and ");
    put_is_covered(restatement, target, "t.", statement);
    statement_put(statement, " group by 1), ");
}

/* Appends a condition for which an index on the day can be used. */
static void put_months(const struct restatement_record *record, struct statement *statement)
{
    const struct target *target = record->scope->target;
    size_t date = record->restatement->date;
    statement_put(statement, "t.contract_number = ");
    statement_put_value(statement, record->scope->contract, "text");
    if (!is_date(&target->columns[date]))
        return;
    put_column(target, date, " and t.", statement);
    statement_put(statement, " >= (select min(month) from change) and t.");
    put_column(target, date, "", statement);
    statement_put(statement, " < (select (max(month) + interval '1 month')::date from change)");
}

bool restatement_takes_days(const struct load_scope *scope)
{
    const struct target *target = scope->target;
    if (target->windowed || !scope->days->from || !target_key_has_day(target) ||
        !is_date(&target->columns[target->day]))
        return false;
    for (size_t i = 0; i < target->count; i++)
        if (is_metric(target, i) && !figures_has(&target->columns[i]))
            return false;
    return true;
}

static void put_figures_of_days(const struct target *target, struct statement *statement)
{
    statement_put(statement, "select day, rows");
    for (size_t i = 0; i < target->count; i++)
        if (is_metric(target, i))
            buf_print(&statement->sql, ", values_%zu, sum_%zu", i, i);
    statement_put(statement, " from pg_temp." PROOF_DAYS);
}

/* The days of the window's first and last month that are outside the window. Returns the number of ranges. */
static size_t find_days_outside(const struct load_scope *scope, struct window ranges[static 2])
{
    struct window days;
    size_t count = 0;
    if (!date_parse(scope->days->from, strlen(scope->days->from), &days.from) ||
        !date_parse(scope->days->to, strlen(scope->days->to), &days.to))
        abort();
    date_t begin = date_month_start(days.from);
    date_t end = date_add_months(date_month_start(days.to - 1), 1);
    if (begin < days.from)
        ranges[count++] = (struct window){.from = begin, .to = days.from};
    if (days.to < end)
        ranges[count++] = (struct window){.from = days.to, .to = end};
    return count;
}

static void put_range(const struct target *target, const struct window *range, struct statement *statement)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    put_column(target, target->day, " and t.", statement);
    buf_print(&statement->sql, " >= '%s'::date", date_format(range->from, from));
    put_column(target, target->day, " and t.", statement);
    buf_print(&statement->sql, " < '%s'::date", date_format(range->to, to));
}

/* The rows of the months that have changed, added up by day; range: only those of its days; NULL: all. */
static void put_days_of_table(const struct restatement_record *record, const struct window *range,
                              struct statement *statement)
{
    const struct target *target = record->scope->target;
    size_t date = record->restatement->date;
    bool by_day = has_month(record->restatement, target);
    statement_put(statement, "select ");
    if (by_day)
        put_column(target, date, "t.", statement);
    statement_put(statement, by_day ? "::date" : "null::date");
    statement_put(statement, " as day, count(*) as rows");
    for (size_t i = 0; i < target->count; i++) {
        if (!is_metric(target, i))
            continue;
        put_column(target, i, ", count(t.", statement);
        buf_print(&statement->sql, ") as values_%zu", i);
        if (!is_number(&target->columns[i]))
            continue;
        put_column(target, i, ", sum(t.", statement);
        buf_print(&statement->sql, ") as sum_%zu", i);
    }
    statement_put(statement, " from ");
    scope_put_table(record->scope, statement);
    statement_put(statement, " where exists (select 1 from change) and ");
    if (by_day)
        put_months(record, statement);
    else
        scope_put(record->scope, statement);
    if (range)
        put_range(target, range, statement);
    statement_put(statement, " group by 1");
}

/*
 * The rows of the months that have changed, added up by day: so the month of a day, and whether the day is
 * covered, are looked up once per day and not once per row. For rows without a date the day is null. What the
 * proof has added up is not read again.
 */
static void put_days(const struct restatement_record *record, struct statement *statement)
{
    struct window outside[2];
    statement_put(statement, "day as (");
    if (record->has_days) {
        put_figures_of_days(record->scope->target, statement);
        size_t count = find_days_outside(record->scope, outside);
        for (size_t i = 0; i < count; i++) {
            statement_put(statement, " union all ");
            put_days_of_table(record, &outside[i], statement);
        }
    } else {
        put_days_of_table(record, NULL, statement);
    }
    statement_put(statement, "), ");
}

/* The current sums of the months that have changed. */
static void put_held(const struct restatement_record *record, struct statement *statement)
{
    static const char month[] = "date_trunc('month', day::timestamp)::date";
    const struct target *target = record->scope->target;
    put_days(record, statement);
    buf_print(&statement->sql, "held as (select %s as month, sum(rows) as rows", month);
    for (size_t i = 0; i < target->count; i++) {
        if (!is_metric(target, i))
            continue;
        buf_print(&statement->sql, ", sum(values_%zu) as values_%zu", i, i);
        if (is_number(&target->columns[i]))
            buf_print(&statement->sql, ", sum(sum_%zu) as sum_%zu", i, i);
    }
    statement_put(statement, " from day");
    if (has_month(record->restatement, target)) {
        buf_print(&statement->sql, " where %s in (select month from change) and day <@ ", month);
        statement_put_value(statement, record->restatement->covered, "datemultirange");
    }
    statement_put(statement, " group by 1) ");
}

static bool is_additive(const struct target *target, const struct target_column *column)
{
    const struct catalogue_entry *entry = job_column_entry(target->job, column->api_name);
    return !entry || entry->is_additive;
}

/* Appends `('tokensConsumed', true, c.changed_2, …, h.sum_2 - …, h.sum_2), …`: whether the metric can be
 * summed, the number of changed rows, the number of rows that had a value, and the sums; null if the column
 * has no numbers. */
static void put_metrics(const struct target *target, struct statement *statement)
{
    bool is_first = true;
    for (size_t i = 0; i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        if (!is_metric(target, i))
            continue;
        statement_put(statement, is_first ? "(" : ", (");
        pg_put_literal(&statement->sql, column->api_name);
        buf_print(
            &statement->sql,
            ", %s, c.changed_%zu, coalesce(h.values_%zu, 0) - c.values_after_%zu + c.values_before_%zu, ",
            is_additive(target, column) ? "true" : "false", i, i, i, i);
        if (is_number(column))
            buf_print(&statement->sql,
                      "coalesce(h.sum_%zu, 0)::numeric - c.after_%zu + c.before_%zu, "
                      "coalesce(h.sum_%zu, 0)::numeric)",
                      i, i, i, i);
        else
            statement_put(statement, "null::numeric, null::numeric)");
        is_first = false;
    }
}

/* The rows to record, with the names of the table's columns. */
static void put_records(const struct restatement_record *record, struct statement *statement)
{
    const struct load_scope *scope = record->scope;
    const struct target *target = scope->target;
    const struct {
        const char *name;
        const char *value;
        const char *type;
    } values[] = {
        {"run_id", record->run_id, "bigint"},
        {"job", target->job->name, "text"},
        {"schema_name", target->schema, "text"},
        {"table_name", target->table, "text"},
        {"contract_number", scope->contract, "text"},
        {"window_start", target->windowed ? scope->days->from : NULL, "date"},
        {"window_end", target->windowed ? scope->days->to : NULL, "date"},
    };
    statement_put(statement, "select ");
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        statement_put_value(statement, values[i].value, values[i].type);
        buf_print(&statement->sql, " as %s, ", values[i].name);
    }
    statement_put(
        statement,
        "c.month, m.metric, "
        "case when m.can_be_summed or coalesce(h.rows, 0) - c.added + c.vanished <= 1 "
        "then trim_scale(m.before) end as before, "
        "case when m.can_be_summed or coalesce(h.rows, 0) <= 1 then trim_scale(m.after) end as after, "
        "m.changed as rows_changed, c.added as rows_added, c.vanished as rows_vanished, ");
    statement_put_value(statement,
                        has_month(record->restatement, target) ? record->restatement->covered : NULL,
                        "datemultirange");
    statement_put(statement,
                  " * datemultirange(daterange(c.month, (c.month + interval '1 month')::date)) as days "
                  "from change c left join held h on h.month is not distinct from c.month "
                  "cross join lateral (values ");
    put_metrics(target, statement);
    statement_put(statement, ") as m (metric, can_be_summed, changed, had_values, before, "
                             "after) where m.changed + c.added + c.vanished > 0 "
                             "and (m.had_values > 0 or coalesce(h.rows, 0) - c.added + c.vanished = 0)");
}

static bool has_metrics(const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (is_metric(target, i))
            return true;
    return false;
}

/*
 * By way of a temporary table: if the INSERT read distributed tables, Citus would take the ids from the
 * identity's sequence, which needs a privilege of its own.
 */
static bool find_records(const struct restatement_record *record, struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "create temporary table tokenflex_restated on commit drop as with ");
    if (!record->is_filled)
        put_compared(record->scope, &statement);
    else
        put_filled(record, &statement);
    put_held(record, &statement);
    put_records(record, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    return found != NULL;
}

bool restatement_write(const struct restatement_record *record, struct pg *pg, struct err *err)
{
    const struct target *target = record->scope->target;
    if (!has_metrics(target))
        return true;
    return (find_records(record, pg, err) && pg_exec(pg, SQL_RESTATEMENT_INSERT, err)) ||
           err_wrap(err, "cannot write what has changed of table %s.%s", target->schema, target->table);
}
