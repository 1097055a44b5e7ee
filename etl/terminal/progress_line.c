#include "terminal/progress_line.h"

#include "base/clock.h"
#include "base/readable.h"
#include "base/text.h"
#include "terminal/progress_estimate.h"

#include <inttypes.h>
#include <string.h>

/* What usually stands behind the name: a page, rows of total, time left. */
#define STATE_WIDTH 58
/* Between the parts of a line. */
#define GAP "  "
#define GAP_WIDTH 2
/* A phase that has lasted so long tells since when. */
#define LONG_PHASE_MS 3000

static void put_number(struct buf *out, uint64_t number)
{
    char text[READABLE_TEXT];
    buf_put(out, readable_number(number, text));
}

void progress_put_phase(struct buf *out, const struct progress_entry *entry)
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

void progress_put_amount(struct buf *out, const struct progress_entry *entry)
{
    if (entry->bytes != PROGRESS_UNKNOWN)
        put_bytes(out, entry);
    else if (entry->rows != PROGRESS_UNKNOWN || entry->rows_total != PROGRESS_UNKNOWN)
        put_rows(out, entry);
}

void progress_put_wait(struct buf *out, const struct progress_entry *entry, int64_t now_ms)
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

/* Of a phase whose end cannot be told: how long it has been. */
static void put_lasted(struct buf *out, const struct progress_line *line)
{
    char text[READABLE_TEXT];
    int64_t lasted_ms = line->now_ms - line->entry->phase_from_ms;
    bool untold = line->entry->pages == PROGRESS_UNKNOWN && line->entry->bytes == PROGRESS_UNKNOWN;
    if (untold && lasted_ms >= LONG_PHASE_MS)
        buf_print(out, "for %s", readable_short_span(lasted_ms, text));
}

/* Names. */

/* Appends at most `room` bytes; a text that is longer ends in two dots. */
static void put_cut(struct buf *out, const char *text, size_t room)
{
    size_t length = strlen(text);
    if (length <= room)
        buf_put(out, text);
    else if (room > 2)
        buf_print(out, "%.*s..", (int)(room - 2), text);
    else
        buf_print(out, "%.*s", (int)room, text);
}

static void put_word(struct buf *out, const char *word)
{
    if (*word)
        buf_print(out, " %s", word);
}

/* The whole of it; `with`: PROGRESS_WITH_…. */
static void put_whole_label(struct buf *out, const struct progress_entry *entry, unsigned with)
{
    buf_put(out, entry->job);
    if (with & PROGRESS_WITH_CONTRACT)
        put_word(out, entry->contract);
    if (with & PROGRESS_WITH_WINDOW)
        put_word(out, entry->window);
    if (with & PROGRESS_WITH_CHUNK && entry->chunks > 1)
        buf_print(out, " %zu/%zu", entry->chunk, entry->chunks);
}

static size_t label_length(const struct progress_entry *entry, unsigned with)
{
    SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
    put_whole_label(&label, entry, with);
    return label.length;
}

static unsigned with_least(unsigned with, bool shared)
{
    return shared ? with | PROGRESS_WITH_CONTRACT : with;
}

/* Where it does not fit it is the job's name that is cut. */
static void put_label(struct buf *out, const struct progress_line *line, size_t room)
{
    const struct progress_entry *entry = line->entry;
    unsigned with = with_least(line->labels.with, line->shared);
    size_t behind = label_length(entry, with) - strlen(entry->job);
    if (behind >= room) {
        put_cut(out, entry->job, room);
        return;
    }
    SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
    put_whole_label(&label, entry, with);
    put_cut(out, entry->job, room - behind);
    buf_put(out, buf_text(&label) + strlen(entry->job));
}

bool progress_shares_job(const struct progress_entry *entries, size_t count, size_t place)
{
    for (size_t i = 0; i < count; i++)
        if (i != place && text_equal(entries[i].job, entries[place].job))
            return true;
    return false;
}

static size_t widest_label(const struct progress_entry *entries, size_t count, unsigned with)
{
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        bool shared = progress_shares_job(entries, count, i);
        size_t length = label_length(&entries[i], with_least(with, shared));
        widest = length > widest ? length : widest;
    }
    return widest;
}

struct progress_labels progress_labels_of(const struct progress_entry *entries, size_t count, size_t columns)
{
    static const unsigned choices[] = {
        PROGRESS_WITH_CONTRACT | PROGRESS_WITH_WINDOW | PROGRESS_WITH_CHUNK,
        PROGRESS_WITH_CONTRACT | PROGRESS_WITH_CHUNK,
        PROGRESS_WITH_CHUNK,
    };
    size_t room = columns > STATE_WIDTH ? columns - STATE_WIDTH : 0;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        size_t width = widest_label(entries, count, choices[i]);
        if (width <= room)
            return (struct progress_labels){choices[i], width};
    }
    size_t width = widest_label(entries, count, 0);
    size_t most = columns * 2 / 5;
    if (most < room)
        most = room;
    return (struct progress_labels){0, width < most ? width : most};
}

/* The line. */

enum part { PART_PHASE, PART_LASTED, PART_AMOUNT, PART_SPEED, PART_WAIT, PART_LEFT, PARTS };

static size_t width_of(const struct buf *parts)
{
    size_t width = 0;
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].length > 0)
            width += parts[i].length + (width > 0 ? GAP_WIDTH : 0);
    return width;
}

/* Leaves out what is of least use until the others fit. */
static void make_fit(struct buf *parts, const struct progress_entry *entry, bool waits, size_t room)
{
    static const enum part order[] = {PART_SPEED, PART_AMOUNT, PART_LASTED, PART_LEFT};
    for (size_t i = 0; i < COUNT_OF(order) && width_of(parts) > room; i++)
        buf_clear(&parts[order[i]]);
    if (width_of(parts) > room && entry->pages != PROGRESS_UNKNOWN) {
        buf_clear(&parts[PART_PHASE]);
        buf_print(&parts[PART_PHASE], "page %" PRIu64 "/%" PRIu64, entry->pages, entry->pages_total);
    }
    if (width_of(parts) > room && waits)
        buf_clear(&parts[PART_PHASE]);
}

static void make_parts(struct buf *parts, const struct progress_line *line, bool waits)
{
    progress_put_phase(&parts[PART_PHASE], line->entry);
    put_lasted(&parts[PART_LASTED], line);
    progress_put_amount(&parts[PART_AMOUNT], line->entry);
    if (waits)
        progress_put_wait(&parts[PART_WAIT], line->entry, line->now_ms);
    else
        put_speed(&parts[PART_SPEED], line);
    put_left(&parts[PART_LEFT], line);
}

static void put_painted(struct buf *out, const char *colour, const char *text, size_t room)
{
    buf_put(out, colour);
    buf_print(out, "%.*s", (int)room, text);
    buf_put(out, *colour ? "\033[0m" : "");
}

/* Puts the parts, of which one stands out, into the room that there is. */
static void put_parts(struct buf *out, const struct buf *parts, bool colour, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < PARTS; i++) {
        size_t gap = used > 0 ? GAP_WIDTH : 0;
        if (parts[i].length == 0)
            continue;
        if (used + gap >= room)
            return;
        buf_put(out, gap ? GAP : "");
        used += gap;
        put_painted(out, colour && i == PART_WAIT ? "\033[33m" : "", buf_text(&parts[i]), room - used);
        used += parts[i].length;
    }
}

void progress_line_put(struct buf *out, const struct progress_line *line)
{
    struct buf parts[PARTS];
    SCOPED(buf) struct buf label = buf_make(BUF_OWN_TEXT);
    bool waits = progress_waits(line->entry, line->now_ms);
    size_t label_width = line->labels.width < line->columns ? line->labels.width : line->columns;
    size_t room = line->columns - label_width;
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = buf_make(BUF_OWN_TEXT);
    put_label(&label, line, label_width);
    put_painted(out, line->colour ? "\033[1m" : "", buf_text(&label), label_width);
    if (room > GAP_WIDTH) {
        buf_print(out, "%*s" GAP, (int)(label_width - label.length), "");
        make_parts(parts, line, waits);
        make_fit(parts, line->entry, waits, room - GAP_WIDTH);
        put_parts(out, parts, line->colour, room - GAP_WIDTH);
    }
    for (size_t i = 0; i < PARTS; i++)
        buf_release(&parts[i]);
}
