#include "terminal/progress_text.h"

#include "base/clock.h"
#include "base/readable.h"

#include <inttypes.h>

/* No speed is computed from a shorter time: it would be arbitrary. */
#define MIN_MS 1000
/* No time left is computed from fewer chunks: one chunk does not predict the others. */
#define MIN_CHUNKS 2
/* A phase that lasts at least this long shows for how long. */
#define LONG_PHASE_MS 3000
/* At most this many jobs are in the status of a service manager. */
#define STATUS_JOBS 4
/* Longer than any line: no part of a status is cut. */
#define STATUS_COLUMNS 1000

/* The speed from entry->since to a moment; 0: not known. */
static double speed_of(const struct progress_entry *entry, uint64_t now, uint64_t since, int64_t moment_ms)
{
    int64_t passed_ms = moment_ms - entry->since.at_ms;
    bool is_known = entry->since.at_ms != 0 && passed_ms >= MIN_MS && now != PROGRESS_UNKNOWN &&
                    since != PROGRESS_UNKNOWN && now > since;
    return is_known ? (double)(now - since) * 1000 / (double)passed_ms : 0;
}

double progress_rows_per_s(const struct progress_entry *entry, int64_t now_ms)
{
    return speed_of(entry, entry->rows, entry->since.rows, now_ms);
}

static bool is_waiting(const struct progress_entry *entry, int64_t now_ms)
{
    return entry->wait && now_ms < entry->wait_until_ms;
}

int64_t progress_left_ms(const struct progress_entry *entry, int64_t now_ms)
{
    bool by_rows = entry->rows_total != PROGRESS_UNKNOWN;
    uint64_t done = by_rows ? entry->rows : entry->bytes;
    uint64_t total = by_rows ? entry->rows_total : entry->bytes_total;
    uint64_t since = by_rows ? entry->since.rows : entry->since.bytes;
    double speed = speed_of(entry, done, since, entry->updated_ms);
    if (speed <= 0 || total == PROGRESS_UNKNOWN || total < done)
        return -1;
    int64_t left_ms = entry->updated_ms + (int64_t)((double)(total - done) * 1000 / speed) - now_ms;
    bool has_end = is_waiting(entry, now_ms) && entry->wait_until_ms != CLOCK_NEVER;
    int64_t wait_ms = has_end ? entry->wait_until_ms - now_ms : 0;
    return left_ms > wait_ms ? left_ms : wait_ms;
}

/* All finished chunks: those of finished jobs, and those that running jobs have finished. */
static size_t chunks_done(const struct progress *progress)
{
    size_t done = progress->chunks_done;
    for (size_t i = 0; i < progress->count; i++)
        done += progress->entries[i].chunk > 0 ? progress->entries[i].chunk - 1 : 0;
    return done;
}

int64_t progress_run_left_ms(const struct progress *progress)
{
    size_t done = chunks_done(progress);
    int64_t passed_ms = progress->now_ms - progress->since_ms;
    if (progress->since_ms == 0 || passed_ms < MIN_MS || done < MIN_CHUNKS || done >= progress->chunks)
        return -1;
    return (int64_t)((double)passed_ms * (double)(progress->chunks - done) / (double)done);
}

/* Appends the line, cut to the width, without blanks at its end. */
static void put_cut(struct buf *out, const struct buf *line, size_t columns)
{
    size_t length = line->length < columns ? line->length : columns;
    while (length > 0 && line->bytes[length - 1] == ' ')
        length--;
    buf_print(out, "%.*s", (int)length, buf_text(line));
}

static void put_label(struct buf *out, const struct progress_entry *entry)
{
    buf_put(out, entry->job);
    if (entry->chunks > 1)
        buf_print(out, " %zu/%zu", entry->chunk, entry->chunks);
    if (*entry->contract)
        buf_print(out, " %s", entry->contract);
}

/* In a column of this width. A label that is too long is cut and ends in two dots. */
static void put_label_column(struct buf *out, const struct progress_entry *entry, size_t width)
{
    SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
    put_label(&label, entry);
    if (label.length > width && width > 2)
        buf_print(out, "%.*s..", (int)width - 2, buf_text(&label));
    else
        buf_print(out, "%-*.*s", (int)width, (int)width, buf_text(&label));
}

static void put_phase(struct buf *out, const struct progress_entry *entry, int64_t now_ms)
{
    char text[READABLE_TEXT];
    int64_t lasted_ms = now_ms - entry->phase_from_ms;
    if (entry->pages != PROGRESS_UNKNOWN)
        buf_print(out, "  page %" PRIu64 " of %" PRIu64, entry->pages, entry->pages_total);
    else
        buf_print(out, "  %s", entry->phase);
    if (entry->pages == PROGRESS_UNKNOWN && entry->bytes == PROGRESS_UNKNOWN && lasted_ms >= LONG_PHASE_MS)
        buf_print(out, "  for %s", readable_short_span(lasted_ms, text));
}

static void put_times(struct buf *out, const struct progress_entry *entry, int64_t now_ms)
{
    char text[READABLE_TEXT];
    int64_t left_ms = progress_left_ms(entry, now_ms);
    if (is_waiting(entry, now_ms) && entry->wait_until_ms == CLOCK_NEVER)
        buf_print(out, "  waiting %s", entry->wait);
    else if (is_waiting(entry, now_ms))
        buf_print(out, "  waiting %s %s", readable_short_span(entry->wait_until_ms - now_ms, text),
                  entry->wait);
    if (left_ms > 0)
        buf_print(out, "  %s left", readable_short_span(left_ms, text));
}

static void put_amount(struct buf *out, const struct progress_entry *entry)
{
    char rows[READABLE_TEXT];
    char total[READABLE_TEXT];
    bool has_rows = entry->rows != PROGRESS_UNKNOWN;
    bool has_total = entry->rows_total != PROGRESS_UNKNOWN;
    if (entry->bytes != PROGRESS_UNKNOWN && entry->bytes_total != PROGRESS_UNKNOWN)
        buf_print(out, "  %.1f of %.1f MB", (double)entry->bytes / 1e6, (double)entry->bytes_total / 1e6);
    else if (entry->bytes != PROGRESS_UNKNOWN)
        buf_print(out, "  %.1f MB", (double)entry->bytes / 1e6);
    else if (has_rows || has_total)
        buf_print(out, "  %s%s%s rows", has_rows ? readable_number(entry->rows, rows) : "",
                  has_rows && has_total ? " of " : "",
                  has_total ? readable_number(entry->rows_total, total) : "");
}

static void put_line(struct buf *out, const struct progress_entry *entry, size_t label_width, size_t columns,
                     int64_t now_ms)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    char text[READABLE_TEXT];
    double speed = is_waiting(entry, now_ms) ? 0 : progress_rows_per_s(entry, now_ms);
    put_label_column(&line, entry, label_width);
    put_phase(&line, entry, now_ms);
    put_times(&line, entry, now_ms);
    put_amount(&line, entry);
    if (speed >= 0.5)
        buf_print(&line, "  %s%s", readable_number((uint64_t)(speed + 0.5), text),
                  entry->bytes == PROGRESS_UNKNOWN ? "/s" : " rows/s");
    put_cut(out, &line, columns);
}

static void put_totals(struct buf *out, const struct progress *progress)
{
    buf_print(out, "%zu of %zu jobs done", progress->jobs_done, progress->jobs);
    if (progress->chunks > progress->jobs)
        buf_print(out, ", %zu of %zu chunks", chunks_done(progress), progress->chunks);
    if (progress->jobs_failed > 0)
        buf_print(out, ", %zu failed", progress->jobs_failed);
}

static void put_run_line(struct buf *out, const struct progress *progress, size_t shown, size_t columns)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    char left[READABLE_TEXT];
    put_totals(&line, progress);
    if (progress_run_left_ms(progress) >= 0)
        buf_print(&line, ", about %s left", readable_short_span(progress_run_left_ms(progress), left));
    if (shown < progress->count)
        buf_print(&line, ", %zu more running", progress->count - shown);
    put_cut(out, &line, columns);
}

/* The width of the widest label; at most half of `columns`. */
static size_t label_width(const struct progress_entry *entries, size_t count, size_t columns)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
        put_label(&label, &entries[i]);
        width = label.length > width ? label.length : width;
    }
    return width < columns / 2 ? width : columns / 2;
}

size_t progress_put_lines(struct buf *out, const struct progress *progress, size_t columns, size_t rows)
{
    /* The last column stays empty: a character there would make the terminal wrap at the next one. */
    size_t width = columns > 1 ? columns - 1 : 0;
    size_t max_lines = rows > 1 ? rows - 1 : 0;
    bool has_run_line =
        progress->jobs > 1 || progress->count > max_lines || progress_run_left_ms(progress) >= 0;
    size_t lines = progress->count + has_run_line;
    if (progress->count == 0 || width == 0 || max_lines == 0)
        return 0;
    if (lines > max_lines)
        lines = max_lines;
    size_t shown = lines - has_run_line;
    size_t label = label_width(progress->entries, shown, width);
    for (size_t i = 0; i < shown; i++) {
        buf_put(out, i > 0 ? "\n" : "");
        put_line(out, &progress->entries[i], label, width, progress->now_ms);
    }
    if (has_run_line) {
        buf_put(out, shown > 0 ? "\n" : "");
        put_run_line(out, progress, shown, width);
    }
    return lines;
}

void progress_put_status(struct buf *out, const struct progress *progress)
{
    size_t named = progress->count < STATUS_JOBS ? progress->count : STATUS_JOBS;
    if (progress->jobs > 0)
        put_totals(out, progress);
    else
        buf_put(out, "preparing");
    for (size_t i = 0; i < named; i++) {
        buf_put(out, "; ");
        put_line(out, &progress->entries[i], label_width(&progress->entries[i], 1, STATUS_COLUMNS),
                 STATUS_COLUMNS, progress->now_ms);
    }
    if (progress->count > named)
        buf_print(out, "; %zu more", progress->count - named);
}
