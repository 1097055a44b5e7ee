#include "base/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Speed is measured over the last 15 to 30 seconds: long enough that one late page does not change it much.
 */
#define MARK_MS 15000
/* The interval at which a long phase is logged. */
#define LOG_MS 60000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct progress run; /* without its entries */
static struct progress_entry *running[PROGRESS_MAX];
static _Thread_local struct progress_entry *own;
static _Thread_local struct progress_entry ignored; /* updated by a thread without an entry */

static struct progress_entry *lock_own(void)
{
    pthread_mutex_lock(&mutex);
    return own ? own : &ignored;
}

static void unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

void progress_read(struct progress *progress)
{
    lock_own();
    *progress = run;
    for (size_t i = 0; i < run.count; i++)
        progress->entries[i] = *running[i];
    unlock();
    progress->now_ms = clock_now_ms();
}

void progress_expect(size_t jobs, size_t chunks)
{
    lock_own();
    run = (struct progress){.count = run.count, .jobs = jobs, .chunks = chunks, .since_ms = clock_now_ms()};
    unlock();
}

static void begin_phase(struct progress_entry *entry, const char *phase)
{
    int64_t now_ms = clock_now_ms();
    entry->phase = phase;
    entry->phase_from_ms = entry->logged_ms = now_ms;
    entry->wait = NULL;
    entry->pages = entry->rows = entry->bytes = PROGRESS_UNKNOWN;
    entry->pages_total = entry->rows_total = entry->bytes_total = PROGRESS_UNKNOWN;
    entry->since = entry->next = (struct progress_mark){0};
}

void progress_begin(const char *job, const char *contract)
{
    progress_leave();
    struct progress_entry *entry = mem_alloc(1, sizeof *entry);
    snprintf(entry->job, PROGRESS_NAME, "%s", job);
    snprintf(entry->contract, PROGRESS_NAME, "%s", contract ? contract : "");
    begin_phase(entry, "starting");
    lock_own();
    if (run.count < PROGRESS_MAX)
        own = running[run.count++] = entry;
    unlock();
    if (!own)
        free(entry);
}

/* With the lock. */
static void remove_own(void)
{
    size_t kept = 0;
    for (size_t i = 0; i < run.count; i++)
        if (running[i] != own)
            running[kept++] = running[i];
    run.count = kept;
    free(own);
    own = NULL;
}

void progress_end(size_t chunks, bool failed)
{
    lock_own();
    if (own) {
        run.jobs_done++;
        run.jobs_failed += failed;
        run.chunks_done += chunks;
    }
    remove_own();
    unlock();
}

void progress_leave(void)
{
    lock_own();
    remove_own();
    unlock();
}

void progress_chunk(size_t chunk, size_t chunks)
{
    struct progress_entry *entry = lock_own();
    entry->chunk = chunk;
    entry->chunks = chunks;
    begin_phase(entry, "starting");
    unlock();
}

void progress_phase(const char *phase)
{
    begin_phase(lock_own(), phase);
    unlock();
}

/* After an update of rows or bytes. Releases the lock. Returns whether the update is to be logged. */
static bool note(struct progress_entry *entry)
{
    int64_t now_ms = clock_now_ms();
    struct progress_mark mark = {now_ms, entry->rows, entry->bytes};
    entry->updated_ms = now_ms;
    if (entry->next.at_ms == 0)
        entry->since = entry->next = mark;
    if (now_ms - entry->next.at_ms >= MARK_MS) {
        entry->since = entry->next;
        entry->next = mark;
    }
    bool is_due = own && now_ms - entry->logged_ms >= LOG_MS;
    if (is_due)
        entry->logged_ms = now_ms;
    unlock();
    return is_due;
}

void progress_rows(uint64_t rows, uint64_t rows_total)
{
    struct progress_entry *entry = lock_own();
    entry->rows = rows;
    entry->rows_total = rows_total;
    note(entry);
}

void progress_page(uint64_t rows, uint64_t rows_total, uint64_t pages_left)
{
    struct progress_entry *entry = lock_own();
    entry->pages = entry->pages == PROGRESS_UNKNOWN ? 1 : entry->pages + 1;
    entry->pages_total = entry->pages + pages_left;
    entry->rows = rows;
    entry->rows_total = rows_total;
    if (note(entry))
        log_info("page", "page %" PRIu64 " of %" PRIu64 ", %" PRIu64 " of %" PRIu64 " rows", entry->pages,
                 entry->pages_total, rows, rows_total);
}

void progress_bytes(uint64_t bytes, uint64_t bytes_total)
{
    struct progress_entry *entry = lock_own();
    entry->bytes = bytes;
    entry->bytes_total = bytes_total;
    bool is_due = note(entry);
    if (is_due && bytes_total != PROGRESS_UNKNOWN)
        log_info("download", "downloaded %" PRIu64 " of %" PRIu64 " bytes", bytes, bytes_total);
    else if (is_due)
        log_info("download", "downloaded %" PRIu64 " bytes", bytes);
}

void progress_wait(const char *why, int64_t until_ms)
{
    struct progress_entry *entry = lock_own();
    entry->wait = why;
    entry->wait_until_ms = until_ms;
    unlock();
}

void progress_wait_end(void)
{
    progress_wait(NULL, 0);
}
