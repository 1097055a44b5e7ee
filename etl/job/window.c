#include "job/window.h"

#include <stdio.h>

/* More chunks than anyone can fetch at five requests a minute. */
#define MAX_CHUNKS 20000

static bool counts_months(const struct job *job)
{
    return text_equal(job->window.field, "usageMonth");
}

static date_t month_after(date_t date)
{
    return date_add_months(date_month_start(date), 1);
}

static struct window whole_months(struct window window)
{
    window.from = date_month_start(window.from);
    window.to = month_after(window.to - 1);
    return window;
}

static date_t date_before(date_t until, unsigned count, enum job_unit unit)
{
    switch (unit) {
    case JOB_DAYS:
        return until - (date_t)count;
    case JOB_WEEKS:
        return until - 7 * (date_t)count;
    case JOB_MONTHS:
        break;
    }
    return date_add_months(until, -(int)count);
}

/* The window of the job's own definition. */
static bool own_window(const struct job *job, date_t today, struct window *window, struct err *err)
{
    const struct job_window *defined = &job->window;
    date_t until = defined->until_today ? today : defined->until;
    if (defined->last == 0) {
        err_set(err, ERR_CONFIG, "the window of job %s does not say how far back it goes", job->name);
        return err_hint(err, "give it `last`, such as `last: 35 days`, or run the job with --from and --to");
    }
    *window = (struct window){true, date_before(until, defined->last, defined->unit), until};
    if (counts_months(job))
        *window = whole_months(*window);
    if (counts_months(job) && defined->unit == JOB_MONTHS)
        window->from = date_add_months(window->to, -(int)defined->last);
    return true;
}

static bool check_override(const struct job *job, const struct window_override *override, struct err *err)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    date_format(override->from, from);
    date_format(override->to, to);
    if (!job->window.present) {
        err_set(err, ERR_CONFIG, "job %s has no window that --from and --to could replace", job->name);
        return err_hint(err, "give the job a window with its `field`, or run it without --from and --to");
    }
    if (override->from >= override->to) {
        err_set(err, ERR_CONFIG, "--from %s is not before --to %s", from, to);
        return err_hint(err, "--to is the first day after the window");
    }
    if (override->from < JOB_FIRST_DAY || override->to > JOB_END_DAY) {
        err_set(err, ERR_CONFIG, "--from %s and --to %s are not within the years 2000 to 2999", from, to);
        return err_hint(err, "correct the dates");
    }
    return true;
}

/* The window that --from and --to request. */
static bool given_window(const struct job *job, const struct window_override *override, struct window *window,
                         struct err *err)
{
    if (!check_override(job, override, err))
        return false;
    *window = (struct window){true, override->from, override->to};
    if (counts_months(job))
        *window = whole_months(*window);
    return true;
}

static date_t next_border(date_t date, enum job_chunk chunk)
{
    switch (chunk) {
    case JOB_CHUNK_DAY:
        return date + 1;
    case JOB_CHUNK_WEEK:
        return date_week_start(date) + 7;
    case JOB_CHUNK_MONTH:
        return month_after(date);
    case JOB_CHUNK_NONE:
        break;
    }
    return INT32_MAX;
}

static bool cut(const struct job *job, const struct window *whole, struct arena *arena,
                struct windows *windows, struct err *err)
{
    *windows = (struct windows){0};
    if (!whole->bounded) {
        *(struct window *)arena_push(arena, &windows->items, &windows->count, sizeof *whole) = *whole;
        return true;
    }
    for (date_t from = whole->from; from < whole->to;) {
        date_t border = next_border(from, job->window.chunk);
        date_t to = border < whole->to ? border : whole->to;
        if (windows->count == MAX_CHUNKS) {
            err_set(err, ERR_CONFIG, "the window of job %s falls into more than %d chunks", job->name,
                    MAX_CHUNKS);
            return err_hint(err, "shorten it, or use a longer chunk");
        }
        struct window *window = arena_push(arena, &windows->items, &windows->count, sizeof *window);
        *window = (struct window){true, from, to};
        from = to;
    }
    return true;
}

bool window_plan(const struct job *job, const struct window_override *override, date_t today,
                 struct arena *arena, struct windows *windows, struct err *err)
{
    struct window whole = {0};
    *windows = (struct windows){0};
    bool moved = override && override->given && job->source != JOB_SOURCE_CONTRACT;
    if (moved) {
        if (!given_window(job, override, &whole, err))
            return false;
    } else if (job->window.present && !own_window(job, today, &whole, err)) {
        return false;
    }
    return cut(job, &whole, arena, windows, err);
}

bool window_plan_since(const struct job *job, date_t first_day, date_t today, struct arena *arena,
                       struct windows *windows, struct err *err)
{
    struct window whole = {0};
    *windows = (struct windows){0};
    if (!own_window(job, today, &whole, err))
        return false;
    whole.from = first_day < whole.from ? first_day : whole.from;
    if (counts_months(job))
        whole = whole_months(whole);
    return cut(job, &whole, arena, windows, err);
}

int64_t window_span_days(date_t until, unsigned count, enum job_unit unit)
{
    return until - date_before(until, count, unit);
}

void window_plan_moving(const struct job *job, date_t today, struct arena *arena, struct windows *windows)
{
    struct err ignored;
    const struct job_window *defined = &job->window;
    bool moves = defined->present && defined->last > 0 && defined->until_today;
    if (!moves || !window_plan(job, NULL, today, arena, windows, &ignored))
        *windows = (struct windows){0};
}

bool windows_have(const struct windows *windows, const struct window *window)
{
    for (size_t i = 0; i < windows->count; i++)
        if (windows->items[i].from == window->from && windows->items[i].to == window->to)
            return true;
    return false;
}

const char *window_format(const struct window *window, char *out)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    out[0] = '\0';
    if (window->bounded)
        snprintf(out, WINDOW_TEXT, "%s..%s", date_format(window->from, from), date_format(window->to, to));
    return out;
}

void window_put_days(const struct window *window, struct window_days *days)
{
    *days = (struct window_days){0};
    if (!window->bounded)
        return;
    days->from = date_format(window->from, days->from_text);
    days->to = date_format(window->to, days->to_text);
}

int64_t window_count_days(const struct window *window)
{
    return window->bounded ? window->to - window->from : WINDOW_ALL_DAYS;
}
