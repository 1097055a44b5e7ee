#include "terminal/progress_view.h"

#include "base/clock.h"
#include "base/readable.h"
#include "terminal/progress_estimate.h"
#include "terminal/progress_line.h"

#include <stdio.h>

/* At most this many jobs are listed in the status, which is one line of text and not a table. */
#define STATUS_MAX 4
/* No line of a status is cut: all are shorter than this. */
#define MAX_COLUMNS 1000

void progress_view_look(struct progress_view *view)
{
    view->count = progress_look(view->entries, PROGRESS_MAX, &view->totals);
    view->now_ms = clock_now_ms();
}

/* All finished chunks: those of finished jobs, and those that running jobs have finished. */
static size_t chunks_over(const struct progress_view *view)
{
    size_t over = view->totals.chunks_over;
    for (size_t i = 0; i < view->count; i++)
        over += view->entries[i].chunk > 0 ? view->entries[i].chunk - 1 : 0;
    return over;
}

static void put_totals(struct buf *out, const struct progress_view *view)
{
    const struct progress_totals *totals = &view->totals;
    buf_print(out, "%zu of %zu jobs done", totals->jobs_over, totals->jobs);
    if (totals->chunks > totals->jobs)
        buf_print(out, ", %zu of %zu chunks", chunks_over(view), totals->chunks);
    if (totals->jobs_failed > 0)
        buf_print(out, ", %zu failed", totals->jobs_failed);
}

static int64_t run_left_ms(const struct progress_view *view)
{
    return progress_run_left_ms(&view->totals, chunks_over(view), view->now_ms);
}

static void put_last_line(struct buf *out, const struct progress_view *view, size_t shown, size_t columns)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    char left[READABLE_TEXT];
    put_totals(&text, view);
    if (run_left_ms(view) >= 0)
        buf_print(&text, ", about %s left", readable_short_span(run_left_ms(view), left));
    if (shown < view->totals.running)
        buf_print(&text, ", %zu more running", view->totals.running - shown);
    buf_print(out, "%.*s", (int)columns, buf_text(&text));
}

size_t progress_view_put_lines(struct buf *out, const struct progress_view *view,
                               const struct progress_screen *screen)
{
    /* A character in the last column would leave the terminal about to wrap. */
    size_t columns = screen->columns > 1 ? screen->columns - 1 : 0;
    size_t most = screen->rows > 1 ? screen->rows - 1 : 0;
    bool has_last = view->totals.jobs > 1 || view->count > most || run_left_ms(view) >= 0;
    size_t lines = view->count + has_last;
    if (view->count == 0 || columns == 0 || most == 0)
        return 0;
    if (lines > most)
        lines = most;
    size_t shown = lines - has_last;
    size_t label_width = progress_label_width(view->entries, shown, columns);
    for (size_t i = 0; i < shown; i++) {
        struct progress_line line = {
            .entry = &view->entries[i],
            .columns = columns,
            .label_width = label_width,
            .colour = screen->colour,
            .now_ms = view->now_ms,
        };
        buf_put(out, i > 0 ? "\n" : "");
        progress_line_put(out, &line);
    }
    if (has_last) {
        buf_put(out, shown > 0 ? "\n" : "");
        put_last_line(out, view, shown, columns);
    }
    return lines;
}

void progress_view_put_status(struct buf *out, const struct progress_view *view)
{
    size_t named = view->count < STATUS_MAX ? view->count : STATUS_MAX;
    if (view->totals.jobs > 0)
        put_totals(out, view);
    else
        buf_put(out, "preparing");
    for (size_t i = 0; i < named; i++) {
        struct progress_line line = {
            .entry = &view->entries[i],
            .columns = MAX_COLUMNS,
            .label_width = progress_label_width(&view->entries[i], 1, MAX_COLUMNS),
            .now_ms = view->now_ms,
        };
        buf_put(out, "; ");
        progress_line_put(out, &line);
    }
    if (view->totals.running > named)
        buf_print(out, "; %zu more", view->totals.running - named);
}
