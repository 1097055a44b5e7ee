#include "terminal/progress_estimate.h"

#include "base/clock.h"

/* No speed is computed from a shorter time: it would be arbitrary. */
#define MIN_MS 1000
/* No time left is computed from fewer chunks: one chunk does not predict the others. */
#define MIN_CHUNKS 2

bool progress_waits(const struct progress_entry *entry, int64_t now_ms)
{
    return entry->wait && now_ms < entry->wait_until_ms;
}

static double per_s(uint64_t now, uint64_t before, int64_t elapsed_ms)
{
    bool counts = now != PROGRESS_UNKNOWN && before != PROGRESS_UNKNOWN && now > before;
    return counts ? (double)(now - before) * 1000 / (double)elapsed_ms : 0;
}

/* The time over which the speed at a moment is measured; 0: too short to measure. */
static int64_t measured_ms(const struct progress_entry *entry, int64_t moment_ms)
{
    int64_t passed_ms = moment_ms - entry->since.at_ms;
    return entry->since.at_ms != 0 && passed_ms >= MIN_MS ? passed_ms : 0;
}

double progress_rows_per_s(const struct progress_entry *entry, int64_t now_ms)
{
    int64_t passed_ms = measured_ms(entry, now_ms);
    return passed_ms ? per_s(entry->rows, entry->since.rows, passed_ms) : 0;
}

/* The time that the remaining rows or bytes need, counted from entry->updated_ms; -1: not known. */
static int64_t needed_ms(const struct progress_entry *entry)
{
    int64_t passed_ms = measured_ms(entry, entry->updated_ms);
    bool by_rows = entry->rows_total != PROGRESS_UNKNOWN;
    uint64_t done = by_rows ? entry->rows : entry->bytes;
    uint64_t total = by_rows ? entry->rows_total : entry->bytes_total;
    if (passed_ms == 0 || total == PROGRESS_UNKNOWN || total < done)
        return -1;
    double speed = per_s(done, by_rows ? entry->since.rows : entry->since.bytes, passed_ms);
    return speed > 0 ? (int64_t)((double)(total - done) * 1000 / speed) : -1;
}

int64_t progress_left_ms(const struct progress_entry *entry, int64_t now_ms)
{
    int64_t all_ms = needed_ms(entry);
    if (all_ms < 0)
        return -1;
    int64_t left_ms = all_ms - (now_ms - entry->updated_ms);
    bool has_end = progress_waits(entry, now_ms) && entry->wait_until_ms != CLOCK_NEVER;
    int64_t wait_ms = has_end ? entry->wait_until_ms - now_ms : 0;
    return left_ms > wait_ms ? left_ms : wait_ms;
}

int64_t progress_run_left_ms(const struct progress_totals *totals, size_t over, int64_t now_ms)
{
    int64_t passed_ms = now_ms - totals->since_ms;
    if (totals->since_ms == 0 || passed_ms < MIN_MS || over < MIN_CHUNKS || over >= totals->chunks)
        return -1;
    return (int64_t)((double)passed_ms * (double)(totals->chunks - over) / (double)over);
}
