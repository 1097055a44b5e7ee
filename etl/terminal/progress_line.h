/*
 * One running job as a line of a terminal:
 *
 *     daily_product_usage 2/3  page 4 of 20  20,000 of 98,123 rows  1,250/s  1m03s left
 *
 * Pure: entry, clock and room in, text out. All of it is ASCII, so that a byte is a column.
 */
#ifndef TERMINAL_PROGRESS_LINE_H
#define TERMINAL_PROGRESS_LINE_H

#include "base/buf.h"
#include "base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands in front of lines that are shown together: the same of each job, in a column. */
struct progress_labels {
    unsigned with; /* PROGRESS_WITH_…: next to the job's name */
    size_t width;
};
enum { PROGRESS_WITH_CHUNK = 1, PROGRESS_WITH_CONTRACT = 2, PROGRESS_WITH_WINDOW = 4 };

struct progress_line {
    const struct progress_entry *entry;
    size_t columns; /* the line's ceiling */
    struct progress_labels labels;
    bool shared; /* another entry is of the same job: the contract tells them apart */
    bool colour;
    int64_t now_ms; /* monotonic */
};

/*
 * Appends the line, without its end. What is of least use is left out where there is no room for all: the
 * speed, then rows, then time left; how far it is and what it waits for stay longest. What does not fit even
 * so is cut.
 */
void progress_line_put(struct buf *out, const struct progress_line *line);

/*
 * What lines of so many columns have in front of them: as much as leaves room for what is to stand behind. A
 * name that is alone may take two fifths of a line.
 */
struct progress_labels progress_labels_of(const struct progress_entry *entries, size_t count, size_t columns);

/* Whether another of the entries is of the same job. */
bool progress_shares_job(const struct progress_entry *entries, size_t count, size_t place);

/* How far it is: "page 4 of 20", or the phase. Appends. */
void progress_put_phase(struct buf *out, const struct progress_entry *entry);

/* "20,000 of 98,123 rows", "1.2 of 3.4 MB", "98,123 rows", or nothing. Appends. */
void progress_put_amount(struct buf *out, const struct progress_entry *entry);

/* "waiting 35s for the budget". Appends. The entry waits. */
void progress_put_wait(struct buf *out, const struct progress_entry *entry, int64_t now_ms);

#endif
