#include "report/status/go.h"

#include "base/text.h"

/* Between two chunks a runner may have to find its way back to the database, no more. */
#define LONGEST_BREAK_MS 600000

/* Whether a runner went on from one chunk to the other. */
static bool goes_on(const struct run_row *older, const struct run_row *newer)
{
    bool one_runner = older->pid == newer->pid && text_equal(older->host, newer->host);
    bool one_window =
        older->window.bounded && newer->window.bounded && older->window.to == newer->window.from;
    bool may_go_on = older->status == RUN_SUCCEEDED || older->status == RUN_SKIPPED;
    return one_runner && one_window && may_go_on &&
           newer->started_ms - older->finished_ms <= LONGEST_BREAK_MS;
}

static void count_row(struct go *go, const struct run_row *row)
{
    switch (row->status) {
    case RUN_SUCCEEDED:
        go->succeeded++;
        break;
    case RUN_SKIPPED:
        go->skipped++;
        break;
    case RUN_FAILED:
        go->failed++;
        go->failure = row;
        break;
    case RUN_RUNNING:
        break;
    }
    go->chunks++;
    go->rows_read += row->rows_read;
    go->counts.inserted += row->counts.inserted;
    go->counts.updated += row->counts.updated;
    go->counts.unchanged += row->counts.unchanged;
    go->counts.deleted += row->counts.deleted;
    go->requests += row->requests;
    go->started_ms = row->started_ms;
    go->window.from = row->window.from;
}

static enum go_status status_of(const struct go *go)
{
    if (go->newest->status == RUN_RUNNING)
        return go->newest->runner_is_gone ? GO_DIED : GO_RUNNING;
    if (go->failed > 0)
        return GO_FAILED;
    return go->succeeded > 0 ? GO_SUCCEEDED : GO_SKIPPED;
}

void go_fold(const struct run_row *rows, size_t count, struct arena *arena, struct gos *gos)
{
    *gos = (struct gos){0};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !goes_on(&rows[i], &rows[i - 1])) {
            struct go *begun = arena_push(arena, &gos->items, &gos->count, sizeof *begun);
            *begun =
                (struct go){.window = rows[i].window, .finished_ms = rows[i].finished_ms, .newest = &rows[i]};
        }
        count_row(&gos->items[gos->count - 1], &rows[i]);
    }
    for (size_t i = 0; i < gos->count; i++)
        gos->items[i].status = status_of(&gos->items[i]);
}

const char *go_status_name(enum go_status status)
{
    switch (status) {
    case GO_SUCCEEDED:
        return "succeeded";
    case GO_FAILED:
        return "failed";
    case GO_SKIPPED:
        return "skipped";
    case GO_RUNNING:
        return "running";
    case GO_DIED:
        return "died";
    }
    return "?";
}

int64_t go_elapsed_ms(const struct go *go, int64_t now_ms)
{
    switch (go->status) {
    case GO_DIED:
        return 0;
    case GO_RUNNING:
        return now_ms - go->started_ms;
    case GO_SUCCEEDED:
    case GO_FAILED:
    case GO_SKIPPED:
        break;
    }
    return go->finished_ms - go->started_ms;
}
