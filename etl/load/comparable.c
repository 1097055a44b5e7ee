#include "load/comparable.h"

#include "base/text.h"
#include "load/restatement.h"

/* The first day that is not over; for rows by month, the first day of the first month that is not over. */
static date_t first_day_not_over(const struct comparable_load *load)
{
    const struct target *target = load->scope->target;
    const struct job_window *window = &target->job->window;
    size_t date = restatement_date_column(target);
    const char *column = date < target->count ? target->columns[date].api_name : NULL;
    const char *field = window->present ? window->field : column;
    bool by_month = field && text_equal(field, "usageMonth");
    return by_month ? date_month_start(load->today) : load->today;
}

static struct target_name name_of(const struct comparable_load *load)
{
    return (struct target_name){load->scope->target->schema, load->scope->target->table};
}

bool comparable_find(const struct comparable_load *load, struct pg *pg, struct arena *arena,
                     struct comparable *comparable, struct err *err)
{
    const struct target *target = load->scope->target;
    struct target_name name = name_of(load);
    *comparable = (struct comparable){.day = restatement_date_column(target)};
    bool has_day = comparable->day < target->count;
    if (!has_day && !target->windowed)
        return true;
    if (!target_coverage_read(pg, &name, load->scope->contract, load->window, arena, &comparable->uncovered,
                              err))
        return false;
    comparable->by_day = has_day && comparable->uncovered.some;
    comparable->none = !has_day && comparable->uncovered.some;
    return true;
}

bool comparable_remember(const struct comparable_load *load, struct pg *pg, struct err *err)
{
    struct target_name name = name_of(load);
    return target_coverage_add(pg, &name, load->scope->contract, load->window, first_day_not_over(load), err);
}

/* The cast to date is needed because the column may have become text or a timestamp. */
static void put_is_uncovered(const struct comparable *comparable, struct statement *statement)
{
    statement_put(statement, "::date <@ ");
    statement_put_value(statement, comparable->uncovered.days, "datemultirange");
}

void comparable_put_column(const struct comparable *comparable, const struct target *target,
                           struct statement *statement)
{
    const char *day = target->columns[comparable->day].name;
    statement_put(statement, ", (coalesce(s.");
    statement_put_identifier(statement, day);
    statement_put(statement, ", t.");
    statement_put_identifier(statement, day);
    statement_put(statement, ")");
    put_is_uncovered(comparable, statement);
    statement_put(statement, ") is not true as comparable");
}

static void put_bound(const char *day, const char *comparison, const char *bound, struct statement *statement)
{
    if (!bound)
        return;
    statement_put(statement, " and t.");
    statement_put_identifier(statement, day);
    statement_put(statement, comparison);
    statement_put_value(statement, bound, "date");
}

void comparable_put_rows(const struct comparable *comparable, const struct target *target, bool can_be,
                         struct statement *statement)
{
    const struct target_column *day = &target->columns[comparable->day];
    statement_put(statement, " and (t.");
    statement_put_identifier(statement, day->name);
    put_is_uncovered(comparable, statement);
    statement_put(statement, can_be ? ") is not true" : ")");
    if (can_be || day->type == COLUMN_TEXT)
        return;
    put_bound(day->name, " >= ", comparable->uncovered.first_day, statement);
    put_bound(day->name, " < ", comparable->uncovered.end_day, statement);
}
