#include "run/window_parts.h"

#include "base/text.h"

struct window_parts window_parts_of(const struct window *window)
{
    return (struct window_parts){.todo = {*window}, .count = 1};
}

bool window_parts_take(struct window_parts *parts, struct window *part)
{
    if (parts->count == 0)
        return false;
    *part = parts->todo[--parts->count];
    return true;
}

/* The first day of the later half. If the window cannot be halved: its own first day, or a day outside it. */
static date_t middle(const struct job *job, const struct window *window)
{
    date_t day = window->from + (window->to - window->from) / 2;
    if (!text_equal(job->window.field, "usageMonth"))
        return day;
    date_t month = date_month_start(day);
    return month > window->from ? month : date_add_months(month, 1);
}

bool window_parts_can_split(const struct job *job, const struct window *window)
{
    if (!window->bounded || !job_rows_are_dated(job))
        return false;
    date_t day = middle(job, window);
    return day > window->from && day < window->to;
}

void window_parts_split(struct window_parts *parts, const struct job *job, const struct window *part)
{
    date_t day = middle(job, part);
    parts->todo[parts->count++] = (struct window){true, day, part->to};
    parts->todo[parts->count++] = (struct window){true, part->from, day};
}
