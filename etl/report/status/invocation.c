#include "report/status/invocation.h"

#include "base/text.h"

#include <string.h>

/* Puts the changes of the row before those of newer rows. */
static void add_schema_changes(struct invocation *invocation, const struct run_row *row, struct arena *arena)
{
    struct text_list all = {0};
    struct text_list later = invocation->schema_changes;
    for (const char *line = row->schema_changes; line && *line;) {
        const char *end = strchrnul(line, '\n');
        arena_add_text(arena, &all, arena_print(arena, "%.*s", (int)(end - line), line));
        line = *end ? end + 1 : end;
    }
    if (all.count == 0)
        return;
    for (size_t i = 0; i < later.count; i++)
        arena_add_text(arena, &all, later.items[i]);
    invocation->schema_changes = all;
}

/* Whether a newer row of the same chunk has taken the place of this one: a host has taken it over. */
static bool is_superseded(struct invocation *invocation, const struct run_row *row)
{
    if (row->chunk == 0 || row->chunk > invocation->chunks)
        return false;
    bool *seen = &invocation->seen[row->chunk - 1];
    bool before = *seen;
    *seen = true;
    return before;
}

static void count_chunk(struct invocation *invocation, const struct run_row *row)
{
    switch (row->status) {
    case RUN_SUCCEEDED:
        invocation->succeeded++;
        if (!invocation->loaded)
            invocation->loaded = row;
        break;
    case RUN_SKIPPED:
        invocation->skipped++;
        invocation->unchanged += row->is_unchanged;
        break;
    case RUN_FAILED:
        invocation->failed++;
        if (!invocation->failure)
            invocation->failure = row;
        break;
    case RUN_RUNNING:
        invocation->is_running = true;
        break;
    }
}

/* Adds a row that is older than those before. */
static void add_row(struct invocation *invocation, const struct run_row *row, struct arena *arena)
{
    if (!is_superseded(invocation, row))
        count_chunk(invocation, row);
    if (row->chunk > invocation->last_chunk)
        invocation->last_chunk = row->chunk;
    if (row->finished_ms > invocation->last_finished_ms)
        invocation->last_finished_ms = row->finished_ms;
    invocation->rows_read += row->rows_read;
    row_counts_add(&invocation->counts, &row->counts);
    invocation->requests += row->requests;
    add_schema_changes(invocation, row, arena);
    invocation->started_ms = row->started_ms;
    if (row->window.from < invocation->window.from)
        invocation->window.from = row->window.from;
    if (row->window.to > invocation->window.to)
        invocation->window.to = row->window.to;
}

/* Only the newest invocation can be running: loads of a job and contract exclude each other by a lock, or
 * hosts that share the work do them in one invocation. */
static enum invocation_status status_of(const struct invocation *invocation, bool is_newest)
{
    const struct run_row *newest = invocation->newest;
    bool may_run = is_newest && !newest->runner_is_gone;
    if (invocation->failed > 0)
        return invocation->is_running && may_run ? INVOCATION_RUNNING : INVOCATION_FAILED;
    if (invocation->is_running || invocation->last_chunk < newest->chunks)
        return may_run ? INVOCATION_RUNNING : INVOCATION_DIED;
    return invocation->succeeded + invocation->unchanged > 0 ? INVOCATION_SUCCEEDED : INVOCATION_SKIPPED;
}

static int64_t end_of(const struct invocation *invocation)
{
    const struct run_row *newest = invocation->newest;
    if (invocation->status == INVOCATION_RUNNING)
        return 0;
    return newest->finished_ms > 0 ? invocation->last_finished_ms : newest->started_ms;
}

static bool is_of(const struct run_row *row, const struct run_row *other)
{
    return row->invocation_id && other->invocation_id && text_equal(row->invocation_id, other->invocation_id);
}

void invocation_fold(const struct run_row *rows, size_t count, struct arena *arena,
                     struct invocations *invocations)
{
    *invocations = (struct invocations){0};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !is_of(&rows[i], &rows[i - 1])) {
            struct invocation *begun =
                arena_push(arena, &invocations->items, &invocations->count, sizeof *begun);
            *begun = (struct invocation){
                .window = rows[i].window,
                .window_given = rows[i].window_given,
                .chunks = rows[i].chunks > 0 ? rows[i].chunks : 1,
                .newest = &rows[i],
            };
            begun->seen = arena_alloc(arena, begun->chunks, sizeof *begun->seen);
        }
        add_row(&invocations->items[invocations->count - 1], &rows[i], arena);
    }
    for (size_t i = 0; i < invocations->count; i++) {
        struct invocation *invocation = &invocations->items[i];
        invocation->status = status_of(invocation, i == 0);
        invocation->ended_ms = end_of(invocation);
    }
}

static bool is_failure(const struct invocation *invocation)
{
    return invocation->status == INVOCATION_FAILED || invocation->status == INVOCATION_DIED;
}

/* Whether a later success has loaded the days of a failure. Days of chunks that the failure has not begun are
 * not known; they are loaded if the success reaches the day on which the failure started, or if both began on
 * the same day with as many chunks. */
static bool makes_up_for(const struct invocation *success, const struct invocation *failure)
{
    const struct window *loaded = &success->window;
    const struct window *wanted = &failure->window;
    bool is_begun_to_end = failure->last_chunk >= failure->chunks;
    bool is_same = loaded->from == wanted->from && success->chunks == failure->chunks;
    if (!success->window_given)
        return true;
    return loaded->from <= wanted->from && loaded->to >= wanted->to &&
           (is_begun_to_end || is_same || loaded->to >= date_of_wall(failure->started_ms));
}

static bool stands(const struct invocations *invocations, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (invocations->items[i].status == INVOCATION_SUCCEEDED &&
            makes_up_for(&invocations->items[i], &invocations->items[place]))
            return false;
    return is_failure(&invocations->items[place]);
}

const struct invocation *invocation_find_standing(const struct invocations *invocations)
{
    for (size_t i = 0; i < invocations->count; i++)
        if (stands(invocations, i))
            return &invocations->items[i];
    return NULL;
}

const struct invocation *invocation_find_success(const struct invocations *invocations)
{
    const struct invocation *success = NULL;
    for (size_t i = 0; i < invocations->count; i++) {
        if (stands(invocations, i))
            success = NULL;
        else if (!success && invocations->items[i].status == INVOCATION_SUCCEEDED)
            success = &invocations->items[i];
    }
    return success;
}

bool invocation_has_regular_success(const struct invocations *invocations)
{
    for (size_t i = 0; i < invocations->count; i++)
        if (invocations->items[i].status == INVOCATION_SUCCEEDED && !invocations->items[i].window_given)
            return true;
    return false;
}

const struct invocation *invocation_find_loaded(const struct invocations *invocations)
{
    for (size_t i = 0; i < invocations->count; i++)
        if (invocations->items[i].status == INVOCATION_SUCCEEDED && invocations->items[i].loaded)
            return &invocations->items[i];
    return NULL;
}

static bool has_ended(const struct invocation *invocation)
{
    return invocation->status != INVOCATION_RUNNING && invocation->status != INVOCATION_SKIPPED;
}

const struct invocation *invocation_find_ended(const struct invocations *invocations)
{
    for (size_t i = 0; i < invocations->count; i++)
        if (has_ended(&invocations->items[i]))
            return &invocations->items[i];
    return NULL;
}

size_t invocation_count_failures(const struct invocations *invocations)
{
    size_t failures = 0;
    const struct invocation *success = invocation_find_success(invocations);
    for (size_t i = 0; i < invocations->count && &invocations->items[i] != success; i++)
        failures += is_failure(&invocations->items[i]);
    return failures;
}

const char *invocation_status_name(enum invocation_status status)
{
    switch (status) {
    case INVOCATION_SUCCEEDED:
        return "succeeded";
    case INVOCATION_FAILED:
        return "failed";
    case INVOCATION_SKIPPED:
        return "skipped";
    case INVOCATION_RUNNING:
        return "running";
    case INVOCATION_DIED:
        return "died";
    }
    return "?";
}

int64_t invocation_elapsed_ms(const struct invocation *invocation, int64_t now_ms)
{
    int64_t until_ms = invocation->status == INVOCATION_RUNNING ? now_ms : invocation->ended_ms;
    return until_ms - invocation->started_ms;
}
