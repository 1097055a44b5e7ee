/*
 * Shared by row_file.c, which sorts rows into runs, and row_reader.c, which merges the runs.
 *
 * A run is a sequence of records in the order of their rows. A record is a struct row_record and the bytes of
 * the row. The last run is in memory, where an index has its order. The one before it is sorted and written
 * to the file by a thread, while rows are added to the last one. All others are in the file.
 */
#ifndef LOAD_ROW_FILE_INNER_H
#define LOAD_ROW_FILE_INNER_H

#include "load/row_file.h"

#include <pthread.h>

/* The stage limits a row to less than this; a buffer holds at least one row. */
#define ROW_FILE_MAX_BUFFER ((size_t)128 << 20)

struct row_record {
    struct row_order order;
    size_t length; /* of the row */
};

/* Where a record is in memory. */
struct row_place {
    struct row_order order;
    size_t at;
};

/* A run in memory. */
struct row_run {
    struct buf records;
    struct row_place *places; /* of the records */
    size_t count;
    size_t room; /* for places */
};

struct row_file {
    int fd;           /* -1: no file is needed yet */
    off_t *run_ends;  /* the end offset of each run in the file */
    size_t run_count; /* in the file */
    size_t run_bytes;
    struct row_run last; /* takes the rows */

    /* The thread's alone while is_writing is set. */
    struct row_run written; /* goes to the file; if that has failed, it stays here, sorted */
    int write_error;        /* an error number; 0: none */

    pthread_t thread;
    bool is_writing;
};

/* Less than, equal to or greater than 0, as for qsort(). */
static inline int row_order_compare(const struct row_order *one, const struct row_order *other)
{
    if (one->lead != other->lead)
        return one->lead < other->lead ? -1 : 1;
    return one->key < other->key ? -1 : one->key > other->key;
}

/* Sorts the places of a run. */
void row_run_sort(struct row_run *run);

/*
 * Waits until no run is being written. Returns false, with errno, if a run could not be written: it is in
 * `written` then.
 */
bool row_file_settle(struct row_file *file);

#endif
