#include "state/work_state.h"

#include "base/text.h"

#include <string.h>

date_t work_read_date(const PGresult *result, int row, const char *column)
{
    date_t date;
    pg_day(result, row, column, &date);
    return date;
}

struct window work_read_window(const PGresult *result, int row)
{
    if (pg_null(result, row, "window_start"))
        return (struct window){0};
    return (struct window){true, work_read_date(result, row, "window_start"),
                           work_read_date(result, row, "window_end")};
}

static const char *const state_names[] = {
    [WORK_WAITING] = "waiting", [WORK_RUNNING] = "running", [WORK_SUCCEEDED] = "succeeded",
    [WORK_SKIPPED] = "skipped", [WORK_FAILED] = "failed",   [WORK_NOT_BEGUN] = "not_begun",
};

const char *work_state_name(enum work_state state)
{
    return state_names[state];
}

enum work_state work_read_state(const PGresult *result, int row)
{
    const char *name = pg_value(result, row, "state");
    for (size_t i = 0; i < COUNT_OF(state_names); i++)
        if (text_equal(name, state_names[i]))
            return (enum work_state)i;
    return WORK_NOT_BEGUN;
}

struct text_list work_read_lines(const PGresult *result, int row, const char *column, struct arena *arena)
{
    struct text_list list = {0};
    char *rest = arena_copy_text(arena, pg_value(result, row, column));
    if (!*rest)
        return list;
    for (char *line; (line = strsep(&rest, "\n"));)
        arena_add_text(arena, &list, line);
    return list;
}
