#include "terminal/progress_text.h"

#include "base/clock.h"
#include "base/readable.h"

#include <string.h>

/* No speed is computed from a shorter time: it would be arbitrary. */
#define MIN_MS 1000
/* No time left is computed from fewer chunks: one chunk does not predict the others. */
#define MIN_CHUNKS 2

/* A second; 0: not known. */
static double speed_of(uint64_t first, uint64_t now, int64_t passed_ms)
{
    return passed_ms >= MIN_MS && now > first ? (double)(now - first) * 1000 / (double)passed_ms : 0;
}

static bool is_waiting(const struct progress_entry *entry, int64_t now_ms)
{
    return entry->wait && now_ms < entry->wait_until_ms;
}

/*
 * The time until all rows or bytes of the phase have arrived, at the speed of the phase; at least the rest of
 * the current wait. -1: not known.
 */
static int64_t job_left_ms(const struct progress_entry *entry, int64_t now_ms)
{
    const struct progress_amount *amount = &entry->amount;
    bool by_rows = amount->rows_total > 0;
    uint64_t done = by_rows ? amount->rows : amount->bytes;
    uint64_t total = by_rows ? amount->rows_total : amount->bytes_total;
    double speed =
        speed_of(by_rows ? entry->first.rows : entry->first.bytes, done, entry->updated_ms - entry->first_ms);
    if (speed <= 0 || total < done)
        return -1;
    int64_t left_ms = entry->updated_ms + (int64_t)((double)(total - done) * 1000 / speed) - now_ms;
    bool has_end = is_waiting(entry, now_ms) && entry->wait_until_ms != CLOCK_NEVER;
    int64_t wait_ms = has_end ? entry->wait_until_ms - now_ms : 0;
    return left_ms > wait_ms ? left_ms : wait_ms;
}

/* The time until the run ends, at the speed of its finished chunks. -1: fewer than two are finished. */
static int64_t run_left_ms(const struct progress *progress)
{
    size_t done = progress->chunks_done;
    int64_t passed_ms = progress->now_ms - progress->since_ms;
    if (progress->since_ms == 0 || passed_ms < MIN_MS || done < MIN_CHUNKS || done >= progress->chunks)
        return -1;
    return (int64_t)((double)passed_ms * (double)(progress->chunks - done) / (double)done);
}

/* The bytes of the text that fit, without a part of a character. */
static int fitting(const char *text, size_t columns)
{
    size_t length = strnlen(text, columns);
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return (int)length;
}

static void put_job(struct buf *out, const struct progress_entry *entry, int label_width, int64_t now_ms)
{
    char text[READABLE_TEXT];
    bool waits = is_waiting(entry, now_ms);
    int64_t left_ms = job_left_ms(entry, now_ms);
    double speed = speed_of(entry->first.rows, entry->amount.rows, now_ms - entry->first_ms);
    buf_print(out, "%-*.*s  %s %s", label_width, fitting(entry->label, (size_t)label_width), entry->label,
              entry->phase, readable_span(now_ms - entry->phase_from_ms, text));
    if (waits && entry->wait_until_ms == CLOCK_NEVER)
        buf_print(out, "  waiting %s", entry->wait);
    else if (waits)
        buf_print(out, "  waiting %s %s", readable_span(entry->wait_until_ms - now_ms, text), entry->wait);
    if (left_ms > 0)
        buf_print(out, "  %s left", readable_span(left_ms, text));
    progress_put_amount(out, entry);
    if (speed >= 0.5)
        buf_print(out, "  %s rows/s", readable_number((uint64_t)(speed + 0.5), text));
}

static void put_run(struct buf *out, const struct progress *progress, size_t shown)
{
    char text[READABLE_TEXT];
    if (progress->jobs == 0)
        buf_put(out, "preparing");
    else
        buf_print(out, "%zu of %zu jobs done", progress->jobs_done, progress->jobs);
    if (progress->chunks > progress->jobs)
        buf_print(out, ", %zu of %zu chunks", progress->chunks_done, progress->chunks);
    if (progress->jobs_failed > 0)
        buf_print(out, ", %zu failed", progress->jobs_failed);
    if (run_left_ms(progress) >= 0)
        buf_print(out, ", about %s left", readable_span(run_left_ms(progress), text));
    if (shown < progress->count)
        buf_print(out, ", %zu more running", progress->count - shown);
}

/* The width of the widest label; at most a half of the line. */
static size_t label_width(const struct progress *progress, size_t shown, size_t columns)
{
    size_t width = 0;
    for (size_t i = 0; i < shown; i++)
        if (strlen(progress->entries[i].label) > width)
            width = strlen(progress->entries[i].label);
    return width < columns / 2 ? width : columns / 2;
}

void progress_put_lines(struct buf *out, const struct progress *progress,
                        const struct progress_layout *layout)
{
    size_t shown = progress->count < layout->rows ? progress->count : layout->rows - 1;
    int width = (int)label_width(progress, shown, layout->columns);
    for (size_t i = 0; i <= shown; i++) {
        SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
        if (i == 0)
            put_run(&line, progress, shown);
        else
            put_job(&line, &progress->entries[i - 1], width, progress->now_ms);
        buf_print(out, "%s%.*s", i > 0 ? layout->separator : "", fitting(buf_text(&line), layout->columns),
                  buf_text(&line));
    }
}
