#include "base/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/readable.h"
#include "base/text.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

/* The interval at which a long phase is logged. */
#define LOG_MS 60000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct progress run; /* its entries may be free; count is not used */
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
    for (size_t i = 0; i < PROGRESS_MAX; i++)
        if (*run.entries[i].label)
            progress->entries[progress->count++] = run.entries[i];
    unlock();
    progress->now_ms = clock_now_ms();
}

void progress_expect(size_t jobs, size_t chunks)
{
    lock_own();
    run.jobs = jobs;
    run.chunks = chunks;
    run.jobs_done = run.jobs_failed = run.chunks_done = 0;
    run.since_ms = clock_now_ms();
    unlock();
}

static void begin_phase(struct progress_entry *entry, const char *phase)
{
    int64_t now_ms = clock_now_ms();
    entry->phase = phase;
    entry->phase_from_ms = entry->logged_ms = now_ms;
    entry->wait = NULL;
    entry->page = entry->pages = 0;
    entry->amount = (struct progress_amount){0};
    entry->first_ms = 0;
}

void progress_begin(const char *job, const char *contract)
{
    progress_leave();
    lock_own();
    for (size_t i = 0; i < PROGRESS_MAX && !own; i++)
        if (!*run.entries[i].label)
            own = &run.entries[i];
    if (own) {
        *own = (struct progress_entry){0};
        snprintf(own->label, sizeof own->label, "%s%s%s", job, contract ? " " : "", contract ? contract : "");
        text_trim_broken_utf8(own->label);
        begin_phase(own, "starting");
    }
    unlock();
}

void progress_end(size_t chunks, bool failed)
{
    lock_own();
    if (own) {
        run.jobs_done++;
        run.jobs_failed += failed;
        run.chunks_done += chunks - own->chunks_done;
    }
    unlock();
    progress_leave();
}

void progress_leave(void)
{
    *lock_own()->label = '\0';
    own = NULL;
    unlock();
}

void progress_chunk(size_t chunk, size_t chunks)
{
    struct progress_entry *entry = lock_own();
    if (own && entry->chunk > 0) {
        entry->chunks_done++;
        run.chunks_done++;
    }
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

void progress_page(uint64_t pages_left)
{
    struct progress_entry *entry = lock_own();
    entry->pages = ++entry->page + pages_left;
    unlock();
}

static void put_number(struct buf *out, uint64_t done, uint64_t total, const char *unit)
{
    char texts[2][READABLE_TEXT];
    if (total > 0)
        buf_print(out, "  %s of %s %s", readable_number(done, texts[0]), readable_number(total, texts[1]),
                  unit);
    else if (done > 0)
        buf_print(out, "  %s %s", readable_number(done, texts[0]), unit);
}

void progress_put_amount(struct buf *out, const struct progress_entry *entry)
{
    if (entry->chunks > 1)
        buf_print(out, "  chunk %zu of %zu", entry->chunk, entry->chunks);
    if (entry->pages > 0)
        buf_print(out, "  page %" PRIu64 " of %" PRIu64, entry->page, entry->pages);
    put_number(out, entry->amount.bytes / 1000000, entry->amount.bytes_total / 1000000, "MB");
    put_number(out, entry->amount.rows, entry->amount.rows_total, "rows");
}

/* After an update of rows or bytes. Releases the lock, and logs the update if the last one is long ago. */
static void note(struct progress_entry *entry)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    const char *event = entry->pages > 0 ? "page" : "download";
    entry->updated_ms = clock_now_ms();
    if (entry->first_ms == 0) {
        entry->first = entry->amount;
        entry->first_ms = entry->updated_ms;
    }
    if (own && entry->updated_ms - entry->logged_ms >= LOG_MS) {
        entry->logged_ms = entry->updated_ms;
        buf_put(&text, entry->phase);
        progress_put_amount(&text, entry);
    }
    unlock();
    if (text.length > 0)
        log_info(event, "%s", buf_text(&text));
}

void progress_rows(uint64_t rows, uint64_t rows_total)
{
    struct progress_entry *entry = lock_own();
    entry->amount.rows = rows;
    entry->amount.rows_total = rows_total;
    note(entry);
}

void progress_bytes(uint64_t bytes, uint64_t bytes_total)
{
    struct progress_entry *entry = lock_own();
    entry->amount.bytes = bytes;
    entry->amount.bytes_total = bytes_total;
    note(entry);
}

void progress_wait(const char *why, int64_t until_ms)
{
    struct progress_entry *entry = lock_own();
    entry->wait = why;
    entry->wait_until_ms = until_ms;
    unlock();
}
