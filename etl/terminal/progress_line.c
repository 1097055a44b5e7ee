#include "terminal/progress_line.h"

#include "base/clock.h"
#include "base/readable.h"
#include "terminal/progress_estimate.h"

#include <inttypes.h>

/* Between the parts of a line. */
#define GAP "  "
#define GAP_WIDTH 2
/* A phase that lasts at least this long shows for how long. */
#define LONG_PHASE_MS 3000

static void put_number(struct buf *out, uint64_t number)
{
    char text[READABLE_TEXT];
    buf_put(out, readable_number(number, text));
}

static void put_phase(struct buf *out, const struct progress_entry *entry)
{
    if (entry->pages != PROGRESS_UNKNOWN)
        buf_print(out, "page %" PRIu64 " of %" PRIu64, entry->pages, entry->pages_total);
    else
        buf_put(out, entry->phase);
}

static void put_bytes(struct buf *out, const struct progress_entry *entry)
{
    double mega = 1e6;
    if (entry->bytes_total != PROGRESS_UNKNOWN)
        buf_print(out, "%.1f of %.1f MB", (double)entry->bytes / mega, (double)entry->bytes_total / mega);
    else
        buf_print(out, "%.1f MB", (double)entry->bytes / mega);
}

static void put_rows(struct buf *out, const struct progress_entry *entry)
{
    bool total_known = entry->rows_total != PROGRESS_UNKNOWN;
    if (entry->rows != PROGRESS_UNKNOWN)
        put_number(out, entry->rows);
    if (entry->rows != PROGRESS_UNKNOWN && total_known)
        buf_put(out, " of ");
    if (total_known)
        put_number(out, entry->rows_total);
    buf_put(out, " rows");
}

static void put_amount(struct buf *out, const struct progress_entry *entry)
{
    if (entry->bytes != PROGRESS_UNKNOWN)
        put_bytes(out, entry);
    else if (entry->rows != PROGRESS_UNKNOWN || entry->rows_total != PROGRESS_UNKNOWN)
        put_rows(out, entry);
}

static void put_wait(struct buf *out, const struct progress_entry *entry, int64_t now_ms)
{
    char left[READABLE_TEXT];
    buf_put(out, "waiting ");
    if (entry->wait_until_ms != CLOCK_NEVER)
        buf_print(out, "%s ", readable_short_span(entry->wait_until_ms - now_ms, left));
    buf_put(out, entry->wait);
}

static void put_speed(struct buf *out, const struct progress_line *line)
{
    double speed = progress_rows_per_s(line->entry, line->now_ms);
    if (speed < 0.5)
        return;
    put_number(out, (uint64_t)(speed + 0.5));
    buf_put(out, line->entry->bytes == PROGRESS_UNKNOWN ? "/s" : " rows/s");
}

static void put_left(struct buf *out, const struct progress_line *line)
{
    char text[READABLE_TEXT];
    int64_t left_ms = progress_left_ms(line->entry, line->now_ms);
    if (left_ms > 0)
        buf_print(out, "%s left", readable_short_span(left_ms, text));
}

/* For a phase without a known end: how long it has lasted. */
static void put_lasted(struct buf *out, const struct progress_line *line)
{
    char text[READABLE_TEXT];
    int64_t lasted_ms = line->now_ms - line->entry->phase_from_ms;
    bool untold = line->entry->pages == PROGRESS_UNKNOWN && line->entry->bytes == PROGRESS_UNKNOWN;
    if (untold && lasted_ms >= LONG_PHASE_MS)
        buf_print(out, "for %s", readable_short_span(lasted_ms, text));
}

static void put_label(struct buf *out, const struct progress_entry *entry)
{
    buf_put(out, entry->job);
    if (entry->chunks > 1)
        buf_print(out, " %zu/%zu", entry->chunk, entry->chunks);
    if (*entry->contract)
        buf_print(out, " %s", entry->contract);
}

size_t progress_label_width(const struct progress_entry *entries, size_t count, size_t columns)
{
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
        put_label(&label, &entries[i]);
        widest = label.length > widest ? label.length : widest;
    }
    return widest < columns / 2 ? widest : columns / 2;
}

/* A label that is too long is cut and ends in two dots. */
static void put_label_column(struct buf *out, const struct progress_line *line)
{
    SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
    size_t width = line->label_width;
    put_label(&label, line->entry);
    bool is_cut = label.length > width && width > 2;
    size_t shown = is_cut ? width - 2 : label.length < width ? label.length : width;
    buf_print(out, "%s%.*s%s%s", line->colour ? "\033[1m" : "", (int)shown, buf_text(&label),
              is_cut ? ".." : "", line->colour ? "\033[0m" : "");
    buf_print(out, "%*s", (int)(width - shown - (is_cut ? 2 : 0)), "");
}

/* Appends a part, cut to the room that is left in the line. */
static void put_part(struct buf *out, const struct buf *part, const char *colour, size_t *room)
{
    if (part->length == 0 || *room <= GAP_WIDTH)
        return;
    size_t most = *room - GAP_WIDTH;
    size_t shown = part->length < most ? part->length : most;
    buf_print(out, GAP "%s%.*s%s", colour, (int)shown, buf_text(part), *colour ? "\033[0m" : "");
    *room = most - shown;
}

enum part { PART_PHASE, PART_LASTED, PART_WAIT, PART_LEFT, PART_AMOUNT, PART_SPEED, PARTS };

void progress_line_put(struct buf *out, const struct progress_line *line)
{
    struct buf parts[PARTS];
    bool waits = progress_waits(line->entry, line->now_ms);
    size_t room = line->columns - line->label_width;
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = buf_make(BUF_OWN_TEXT);
    put_phase(&parts[PART_PHASE], line->entry);
    put_lasted(&parts[PART_LASTED], line);
    if (waits)
        put_wait(&parts[PART_WAIT], line->entry, line->now_ms);
    put_left(&parts[PART_LEFT], line);
    put_amount(&parts[PART_AMOUNT], line->entry);
    if (!waits)
        put_speed(&parts[PART_SPEED], line);
    put_label_column(out, line);
    for (size_t i = 0; i < PARTS; i++) {
        put_part(out, &parts[i], line->colour && i == PART_WAIT ? "\033[33m" : "", &room);
        buf_release(&parts[i]);
    }
}
