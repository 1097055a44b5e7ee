#include "run/share_rule.h"

#include "base/exit_code.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum share_step share_start_step(const struct share_start *start)
{
    const struct work_found *found = start->found;
    if (!found->exists)
        return SHARE_OPEN;
    bool is_of_another_day = found->is_old && found->round.today != start->today;
    if (is_of_another_day && (start->windows_move || !*found->hosts))
        return SHARE_OPEN;
    if (!start->differs)
        return SHARE_JOIN;
    return *found->hosts ? SHARE_REFUSE : SHARE_OPEN;
}

/* Facts. */

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static bool has_name(const char *lines, const char *line)
{
    size_t length = strcspn(line, "\t\n");
    for (; *lines; lines = next_line(lines))
        if (strcspn(lines, "\t\n") == length && memcmp(lines, line, length) == 0)
            return true;
    return false;
}

static void count_difference(const char *line, char *name, size_t *differences)
{
    if ((*differences)++ == 0)
        snprintf(name, SHARE_FACT_NAME, "%.*s", (int)strcspn(line, "\t\n"), line);
}

bool share_facts_differ(const char *ours, const char *theirs, char *name, size_t *more)
{
    size_t differences = 0;
    for (const char *line = ours; *line; line = next_line(line))
        if (!text_has_line(theirs, line))
            count_difference(line, name, &differences);
    for (const char *line = theirs; *line; line = next_line(line))
        if (!has_name(ours, line))
            count_difference(line, name, &differences);
    *more = differences > 0 ? differences - 1 : 0;
    return differences > 0;
}

/* The next chunk. */

/* The state of one job and contract. Its rows follow each other. */
struct unit {
    size_t end; /* the index after its last row */
    bool has_failed;
    bool has_failed_here;
    bool has_loaded;
    bool has_not_begun; /* a chunk is WORK_NOT_BEGUN: without a failure, the round was given up */
    bool has_live;      /* a chunk has a valid lease: a host works on it */
};

static bool is_live(const struct work_row *row)
{
    return row->state == WORK_RUNNING && row->lease_left_ms >= 0;
}

static bool is_free(const struct work_row *row)
{
    return row->state == WORK_WAITING || (row->state == WORK_RUNNING && row->lease_left_ms < 0);
}

static bool is_not_over(const struct work_row *row)
{
    return row->state == WORK_WAITING || row->state == WORK_RUNNING;
}

static struct unit unit_state(const struct work_rows *rows, size_t begin, const char *host)
{
    struct unit unit = {.end = begin};
    const struct work_row *first = &rows->items[begin];
    for (; unit.end < rows->count; unit.end++) {
        const struct work_row *row = &rows->items[unit.end];
        if (!text_equal(row->job, first->job) || !text_equal(row->contract, first->contract))
            break;
        unit.has_failed |= row->state == WORK_FAILED;
        unit.has_failed_here |= is_not_over(row) && *row->failed_host && text_equal(row->failed_host, host);
        unit.has_loaded |= row->state == WORK_SUCCEEDED || row->state == WORK_SKIPPED;
        unit.has_not_begun |= row->state == WORK_NOT_BEGUN;
        unit.has_live |= is_live(row);
    }
    return unit;
}

/* What decides if the host can take no chunk. */
struct round_state {
    bool has_live;
    bool has_failed_here;
    bool is_given_up;
};

/* Adds the chunks of a unit that the host may take: with `preferred` those to take first, otherwise the
 * others. */
static void add_candidates(const struct work_rows *rows, size_t begin, const struct unit *unit,
                           bool preferred, int64_t *work_ids, size_t *count)
{
    bool has_first = unit->has_live; /* the one chunk with which the unit begins */
    if (unit->has_failed || unit->has_failed_here)
        return;
    for (size_t i = begin; i < unit->end; i++) {
        if (!is_free(&rows->items[i]))
            continue;
        bool is_preferred = unit->has_loaded || !has_first;
        has_first = true;
        if (is_preferred == preferred)
            work_ids[(*count)++] = rows->items[i].work_id;
    }
}

static struct round_state collect(const struct work_rows *rows, const char *host, bool preferred,
                                  int64_t *work_ids, size_t *count)
{
    struct round_state state = {0};
    struct unit unit;
    for (size_t begin = 0; begin < rows->count; begin = unit.end) {
        unit = unit_state(rows, begin, host);
        state.has_live |= unit.has_live;
        state.is_given_up |= unit.has_not_begun && !unit.has_failed;
        state.has_failed_here |= unit.has_failed_here && !unit.has_failed;
        add_candidates(rows, begin, &unit, preferred, work_ids, count);
    }
    return state;
}

enum share_next share_next(const struct work_rows *rows, const char *host, int64_t *work_ids, size_t *count)
{
    *count = 0;
    collect(rows, host, true, work_ids, count);
    struct round_state state = collect(rows, host, false, work_ids, count);
    if (*count > 0)
        return SHARE_TAKE;
    if (state.has_live || (state.has_failed_here && *rows->others))
        return SHARE_WAIT;
    if (state.has_failed_here)
        return SHARE_FAIL_WAITING;
    return state.is_given_up ? SHARE_GIVEN_UP : SHARE_FINISHED;
}

bool share_other_may_try(enum err_kind kind, const char *failed_host)
{
    return (kind == ERR_UNAVAILABLE || kind == ERR_AUTH) && !*failed_host;
}

int share_exit_code(const struct work_failures *failures, enum err_kind own)
{
    int exit_code = err_kind_info(own)->exit_code;
    for (size_t i = 0; i < failures->count; i++)
        exit_code = exit_code_join(exit_code, err_kind_info(failures->items[i].kind)->exit_code);
    return exit_code;
}

int64_t share_clock_begin(struct share_clock *clock, int64_t timeout_ms, int64_t now_ms)
{
    if (clock->active++ == 0)
        clock->since_ms = now_ms;
    return clock->since_ms + timeout_ms - clock->used_ms;
}

void share_clock_end(struct share_clock *clock, int64_t now_ms)
{
    if (--clock->active == 0)
        clock->used_ms += now_ms - clock->since_ms;
}

size_t share_count_steps(const struct work_rows *rows)
{
    size_t steps = 0;
    for (size_t i = 0; i < rows->count; i++)
        steps += rows->items[i].takes + !is_not_over(&rows->items[i]);
    return steps;
}

bool share_wait_is_over(struct share_wait *wait, size_t steps, int64_t longest_ms, int64_t now_ms)
{
    if (wait->until_ms == 0 || steps != wait->steps)
        *wait = (struct share_wait){steps, now_ms + longest_ms};
    return now_ms >= wait->until_ms;
}
