#include "load/table_contents.h"

#include "base/text.h"
#include "load/column_map.h"
#include "sql/statements.h"
#include "state/target_window.h"

#include <stdio.h>

/* The columns from which the days of rows are read. */
struct days_source {
    enum { DAYS_UNKNOWN, DAYS_IN_WINDOWS, DAYS_IN_DATES, DAYS_IN_MONTHS } kind;
    char column[JOB_COLUMN_NAME];
    bool is_text; /* the column has been widened to text */
};

static bool has_days(const PGresult *columns, const char *name, struct days_source *days)
{
    for (int row = 0; row < PQntuples(columns); row++) {
        const char *type = pg_value(columns, row, "type");
        if (!text_equal(pg_value(columns, row, "name"), name))
            continue;
        days->is_text = text_equal(type, "text");
        return days->is_text || text_equal(type, "date") || text_starts_with(type, "timestamp");
    }
    return false;
}

/* Finds the column of a date: the stored one; else, for a table of an older version, which has stored none,
 * the column with the job's name for it, or with the default name. */
static bool find_date(const struct table_contents_request *table, const char *remembered, const char *name,
                      const PGresult *columns, struct days_source *days)
{
    static const struct job unnamed;
    if (column_map_find_column(remembered, name, days->column) && has_days(columns, days->column, days))
        return true;
    return has_days(columns, job_column_name(table->job, name, days->column), days) ||
           has_days(columns, job_column_name(&unnamed, name, days->column), days);
}

static bool find_days(const struct table_contents_request *table, struct pg *pg, struct days_source *days,
                      struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *record;
    struct target_name name = {table->schema, table->table};
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(table->schema, table->table), err);
    if (!columns || !target_record_read(pg, &name, arena, &record, err))
        return false;
    const char *remembered = record ? record->columns : "";
    *days = (struct days_source){0};
    if (has_days(columns, "window_start", days))
        days->kind = DAYS_IN_WINDOWS;
    else if (find_date(table, remembered, "usageDate", columns, days))
        days->kind = DAYS_IN_DATES;
    else if (find_date(table, remembered, "usageMonth", columns, days))
        days->kind = DAYS_IN_MONTHS;
    return true;
}

static void put_bound(const char *function, const struct days_source *days, const char *name, struct buf *sql)
{
    SCOPED(buf) struct buf column = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&column, days->column);
    buf_print(sql, ", left(%s(%s)", function, buf_text(&column));
    if (days->is_text)
        buf_print(sql, " filter (where %s ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}')", buf_text(&column));
    buf_print(sql, "::text, 10) as %s", name);
}

/* Appends first_day and last_day, like `2026-11-01`; for windows last_day is the day after the last. */
static void put_days(const struct days_source *days, struct buf *sql)
{
    switch (days->kind) {
    case DAYS_UNKNOWN:
        break;
    case DAYS_IN_WINDOWS:
        buf_put(sql, ", window_start as first_day, window_end as last_day");
        break;
    case DAYS_IN_DATES:
    case DAYS_IN_MONTHS:
        put_bound("min", days, "first_day", sql);
        put_bound("max", days, "last_day", sql);
        break;
    }
}

static bool read_days(const struct days_source *days, const PGresult *rows, int row, struct window *window)
{
    date_t last;
    if (days->kind == DAYS_UNKNOWN || !pg_day(rows, row, "first_day", &window->from) ||
        !pg_day(rows, row, "last_day", &last))
        return false;
    if (days->kind == DAYS_IN_DATES)
        last = last + 1;
    else if (days->kind == DAYS_IN_MONTHS)
        last = date_add_months(date_month_start(last), 1);
    window->to = last;
    return true;
}

static void add_part(const struct days_source *days, const PGresult *rows, int row, struct arena *arena,
                     struct table_contents *contents)
{
    struct table_contents_part *part = arena_push(arena, &contents->items, &contents->count, sizeof *part);
    *part = (struct table_contents_part){
        .contract = arena_copy_text(arena, pg_value(rows, row, "contract_number")),
        .rows = pg_count(rows, row, "rows"),
    };
    part->days.bounded = read_days(days, rows, row, &part->days);
}

static void mark_moving(const struct target_windows *windows, struct table_contents_part *part)
{
    const struct target_window *known = target_window_find(windows, part->contract, &part->days);
    part->is_moving = known && known->is_moving;
    part->as_of = known ? known->as_of : 0;
}

static void put_from(const struct table_contents_request *table, struct buf *sql)
{
    buf_put(sql, " from ");
    pg_put_identifier(sql, table->schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, table->table);
}

bool table_contents_read(const struct table_contents_request *table, struct pg *pg, struct arena *arena,
                         struct table_contents *contents, struct err *err)
{
    struct days_source days;
    struct target_windows windows = {0};
    struct target_name name = {table->schema, table->table};
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    *contents = (struct table_contents){0};
    if (!find_days(table, pg, &days, err))
        return false;
    buf_put(&sql, "select contract_number, count(*) as rows");
    put_days(&days, &sql);
    put_from(table, &sql);
    buf_put(&sql, days.kind == DAYS_IN_WINDOWS
                      ? " group by contract_number, window_start, window_end order by contract_number, "
                        "window_start, window_end"
                      : " group by contract_number order by contract_number");
    SCOPED(pg_result) PGresult *rows = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!rows ||
        (days.kind == DAYS_IN_WINDOWS && !target_window_read(pg, &name, NULL, NULL, arena, &windows, err)))
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        add_part(&days, rows, row, arena, contents);
    for (size_t i = 0; i < contents->count && windows.count > 0; i++)
        mark_moving(&windows, &contents->items[i]);
    return target_record_loaders(pg, &name, arena, &contents->jobs, err);
}

/* Appends the condition for rows of the days from $2 to $3. A text that begins with a date is in its order.
 */
static void put_within(const struct days_source *days, struct buf *sql)
{
    if (days->kind == DAYS_IN_WINDOWS) {
        buf_put(sql, " and window_start >= $2::date and window_end <= $3::date");
        return;
    }
    SCOPED(buf) struct buf column = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&column, days->column);
    buf_print(sql, " and left(%s::text, 10) >= $2 and left(%s::text, 10) < $3", buf_text(&column),
              buf_text(&column));
}

bool table_contents_count(const struct table_contents_request *table, const char *contract,
                          const struct window *window, struct pg *pg, uint64_t *rows, struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    struct days_source days;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    *rows = 0;
    if (!find_days(table, pg, &days, err))
        return false;
    if (window->bounded && days.kind == DAYS_UNKNOWN)
        return true;
    buf_put(&sql, "select count(*) as rows");
    put_from(table, &sql);
    buf_put(&sql, " where contract_number = $1");
    if (window->bounded)
        put_within(&days, &sql);
    struct pg_params params =
        PG_PARAMS(contract, date_format(window->from, from), date_format(window->to, to));
    params.count = window->bounded ? 3 : 1;
    SCOPED(pg_result) PGresult *count = pg_query(pg, buf_text(&sql), params, err);
    if (count)
        *rows = pg_count(count, 0, "rows");
    return count != NULL;
}
