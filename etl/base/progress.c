#include "base/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Speed is that of the last 15 to 30 seconds: an exhausted request budget shows soon, one late page does not.
 */
#define MARK_MS 15000
/* How often the progress of a long phase is logged. */
#define TELL_MS 60000

struct slot {
    struct progress_entry entry;
    struct slot *next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct slot *first; /* in the order in which they began */
static struct progress_totals sums;
static _Thread_local struct slot *own;

/* The run. */

void progress_expect(size_t jobs, size_t chunks)
{
    pthread_mutex_lock(&mutex);
    sums = (struct progress_totals){.jobs = jobs, .chunks = chunks, .since_ms = clock_now_ms()};
    pthread_mutex_unlock(&mutex);
}

size_t progress_look(struct progress_entry *entries, size_t room, struct progress_totals *totals)
{
    size_t count = 0;
    pthread_mutex_lock(&mutex);
    *totals = sums;
    for (const struct slot *slot = first; slot; slot = slot->next) {
        if (count < room)
            entries[count++] = slot->entry;
        totals->running++;
    }
    pthread_mutex_unlock(&mutex);
    return count;
}

/* The calling thread's own entry. */

static void forget_numbers(struct progress_entry *entry)
{
    entry->pages = PROGRESS_UNKNOWN;
    entry->pages_total = PROGRESS_UNKNOWN;
    entry->rows = PROGRESS_UNKNOWN;
    entry->rows_total = PROGRESS_UNKNOWN;
    entry->bytes = PROGRESS_UNKNOWN;
    entry->bytes_total = PROGRESS_UNKNOWN;
    entry->since = (struct progress_mark){0};
    entry->last = (struct progress_mark){0};
}

static void enter(struct progress_entry *entry, const char *phase)
{
    entry->phase = phase;
    entry->phase_from_ms = clock_now_ms();
    entry->told_ms = entry->phase_from_ms;
    entry->wait = NULL;
    forget_numbers(entry);
}

void progress_begin(const char *job, const char *contract)
{
    struct slot *slot = mem_alloc(1, sizeof *slot);
    progress_leave();
    snprintf(slot->entry.job, PROGRESS_NAME, "%s", job);
    snprintf(slot->entry.contract, PROGRESS_NAME, "%s", contract ? contract : "");
    enter(&slot->entry, "starting");
    own = slot;
    pthread_mutex_lock(&mutex);
    struct slot **last = &first;
    while (*last)
        last = &(*last)->next;
    *last = slot;
    pthread_mutex_unlock(&mutex);
}

/* With the mutex held. */
static void take_out(void)
{
    struct slot **place = &first;
    while (*place != own)
        place = &(*place)->next;
    *place = own->next;
}

void progress_end(size_t chunks, bool failed)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    take_out();
    sums.jobs_over++;
    sums.jobs_failed += failed;
    sums.chunks_over += chunks;
    pthread_mutex_unlock(&mutex);
    free(own);
    own = NULL;
}

void progress_leave(void)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    take_out();
    pthread_mutex_unlock(&mutex);
    free(own);
    own = NULL;
}

void progress_chunk(size_t chunk, size_t chunks)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    own->entry.chunk = chunk;
    own->entry.chunks = chunks;
    enter(&own->entry, "starting");
    pthread_mutex_unlock(&mutex);
}

void progress_window(const char *window)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    snprintf(own->entry.window, PROGRESS_NAME, "%s", window);
    pthread_mutex_unlock(&mutex);
}

void progress_phase(const char *phase)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    enter(&own->entry, phase);
    pthread_mutex_unlock(&mutex);
}

/* Called after numbers have changed. Returns whether progress is due to be logged. */
static bool note(struct progress_entry *entry)
{
    int64_t now_ms = clock_now_ms();
    struct progress_mark mark = {now_ms, entry->rows, entry->bytes};
    entry->updated_ms = now_ms;
    if (entry->last.at_ms == 0)
        entry->since = entry->last = mark;
    if (now_ms - entry->last.at_ms >= MARK_MS) {
        entry->since = entry->last;
        entry->last = mark;
    }
    bool due = now_ms - entry->told_ms >= TELL_MS;
    if (due)
        entry->told_ms = now_ms;
    return due;
}

void progress_rows(uint64_t rows, uint64_t rows_total)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    own->entry.rows = rows;
    own->entry.rows_total = rows_total;
    note(&own->entry);
    pthread_mutex_unlock(&mutex);
}

void progress_page(uint64_t rows, uint64_t rows_total, uint64_t pages_left)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    struct progress_entry *entry = &own->entry;
    entry->pages = entry->pages == PROGRESS_UNKNOWN ? 1 : entry->pages + 1;
    entry->pages_total = entry->pages + pages_left;
    entry->rows = rows;
    entry->rows_total = rows_total;
    bool due = note(entry);
    pthread_mutex_unlock(&mutex);
    if (due)
        log_info("page", "page %" PRIu64 " of %" PRIu64 ", %" PRIu64 " of %" PRIu64 " rows", own->entry.pages,
                 own->entry.pages_total, rows, rows_total);
}

void progress_bytes(uint64_t bytes, uint64_t bytes_total)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    own->entry.bytes = bytes;
    own->entry.bytes_total = bytes_total;
    bool due = note(&own->entry);
    pthread_mutex_unlock(&mutex);
    if (due && bytes_total != PROGRESS_UNKNOWN)
        log_info("download", "downloaded %" PRIu64 " of %" PRIu64 " bytes", bytes, bytes_total);
    else if (due)
        log_info("download", "downloaded %" PRIu64 " bytes", bytes);
}

void progress_wait(const char *why, int64_t until_ms)
{
    if (!own)
        return;
    pthread_mutex_lock(&mutex);
    own->entry.wait = why;
    own->entry.wait_until_ms = until_ms;
    pthread_mutex_unlock(&mutex);
}

void progress_wait_end(void)
{
    progress_wait(NULL, 0);
}
