/*
 * The days that a run requests: a job's window, cut into chunks. Pure, with today's date as an argument.
 */
#ifndef JOB_WINDOW_H
#define JOB_WINDOW_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "job/job.h"

#include <stdint.h>

/* Days [from, to): to is not part of it. Not bounded: the query has no condition on a date. */
struct window {
    bool bounded;
    date_t from;
    date_t to;
};

struct windows {
    struct window *items;
    size_t count;
};

/* --from and --to. */
struct window_override {
    bool given;
    date_t from;
    date_t to;
};

/*
 * The chunks of a job's window, oldest first; one unbounded window for a job without one. Months and weeks
 * (from Monday) are cut at their calendar borders; the first and last chunk may be shorter.
 *
 * usageDate: `last: 2 months` until 2026-11-22 begins on 2026-09-22; the day is cut to the month's last where
 * there is no such day. usageMonth covers whole months, and its conditions are first days: `last: N months`
 * are the N months that end with the one that holds the day before `until`; days, weeks, and --from and --to
 * are widened to whole months. Until 2026-11-22, `last: 2 months` is 2026-10-01..2026-12-01, and so is `last:
 * 35 days`.
 *
 * `source: contract` has no days and is loaded whatever the override says.
 *
 * ERR_CONFIG: --from/--to for a job without a window, a window without `last` and no --from/--to, from not
 * before to, days outside the years 2000 to 2999, more than 20,000 chunks. override may be NULL.
 */
MUST_CHECK bool window_plan(const struct job *job, const struct window_override *override, date_t today,
                            struct arena *arena, struct windows *windows, struct err *err);

/* As window_plan() without an override, but the window begins on first_day if it would begin later. The job
 * must have a window. */
MUST_CHECK bool window_plan_since(const struct job *job, date_t first_day, date_t today, struct arena *arena,
                                  struct windows *windows, struct err *err);

/* The number of days in the last `count` units before `until`. */
int64_t window_span_days(date_t until, unsigned count, enum job_unit unit);

/*
 * The chunks of the job's own window as they are today, where that window moves with the day (`last` until
 * today); none where it does not: a job without one, with a fixed `until`, or with --from and --to alone.
 */
void window_plan_moving(const struct job *job, date_t today, struct arena *arena, struct windows *windows);

/* Whether one of the windows has the same `from` and `to`. */
bool windows_have(const struct windows *windows, const struct window *window);

/* `2026-10-01..2026-11-01`, or "" when not bounded; out holds WINDOW_TEXT bytes. Returns out. */
#define WINDOW_TEXT 32
const char *window_format(const struct window *window, char *out);

/* A window's days as texts, NULL where it is not bounded: as statements want them. They point into the struct
 * itself. */
struct window_days {
    const char *from;
    const char *to;
    char from_text[DATE_TEXT];
    char to_text[DATE_TEXT];
};
void window_put_days(const struct window *window, struct window_days *days);

/* The number of days of a window; WINDOW_ALL_DAYS, which is more than the days of any bounded window, if it
 * is not bounded.
 */
#define WINDOW_ALL_DAYS INT32_MAX
int64_t window_count_days(const struct window *window);

#endif
