/*
 * Shared by row_file.c, which sorts rows into runs, and row_reader.c, which merges the runs.
 *
 * A run is a sequence of records in the order of their rows. A record is a struct row_record and the bytes of
 * the row. All runs but the last are in the file; the last one is in memory, where an index has its order.
 */
#ifndef LOAD_ROW_FILE_INNER_H
#define LOAD_ROW_FILE_INNER_H

#include "load/row_file.h"

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

struct row_file {
    int fd;           /* -1: no file is needed yet */
    off_t *run_ends;  /* the end offset of each run in the file */
    size_t run_count; /* in the file */
    size_t run_bytes;
    struct buf memory;
    struct row_place *places; /* one a record in memory */
    size_t place_count;
    size_t place_room;
};

/* Less than, equal to or greater than 0, as for qsort(). */
static inline int row_order_compare(const struct row_order *one, const struct row_order *other)
{
    if (one->lead != other->lead)
        return one->lead < other->lead ? -1 : 1;
    if (one->key[0] != other->key[0])
        return one->key[0] < other->key[0] ? -1 : 1;
    return one->key[1] < other->key[1] ? -1 : one->key[1] > other->key[1];
}

/* Sorts the places of the records in memory. */
void row_file_sort(struct row_file *file);

#endif
