/*
 * Shared by the files of load/stage: stage.c encodes rows, stage_table.c handles the staging table.
 */
#ifndef LOAD_STAGE_INNER_H
#define LOAD_STAGE_INNER_H

#include "load/day_set.h"
#include "load/key_filter.h"
#include "load/row_file.h"
#include "load/row_key.h"
#include "load/stage.h"
#include "load/value.h"

/* Rows are sent in blocks of this size. */
#define STAGE_SEND_BYTES ((size_t)64 << 10)
#define STAGE_MAX_ROW_BYTES ((size_t)64 << 20)

/* Room for "schema"."name". */
#define STAGE_NAME 192

/* Which kinds of absent value a column of the key has had. */
struct empty_values {
    bool was_empty; /* an empty text */
    bool was_null;
};

struct stage {
    struct pg *pg;
    const struct target *target;
    struct row_key *key;
    struct value *values;              /* of the current row */
    struct empty_values *empty_values; /* one per column */
    char *rooms;             /* VALUE_ROOM bytes per column, for value_canonicalise(); NULL: not needed yet
                              * */
    struct buf rows;         /* encoded rows that are not sent yet */
    struct row_file *file;   /* the file that keeps the rows; NULL: they are in the table */
    uint64_t rows_filed;     /* how many of the added rows are in the file */
    enum column_type *types; /* the type of each column in which the rows of the file are encoded */
    struct key_filter *filter;
    bool keys_are_unique; /* stage_note_unique() was called, and no page has begun since */
    struct proof *proof;
    struct day_set *days; /* of the rows, where they are dated */
    struct window part;   /* the part of the window to which the next rows belong */
    uint64_t rows_added;
    uint64_t rows_confirmed;
    bool copying;
    char *copy_sql; /* the COPY into the table; NULL: there is no table yet */
    const char *contract;
    const char *distribution; /* the column by which the table is distributed; NULL: it is a temporary one */
    char name[STAGE_NAME];
    char difference[STAGE_NAME];
};

/* Creates the table with the types of the encoded rows. */
MUST_CHECK bool stage_create_table(struct stage *stage, struct err *err);

/* Drops the table if the session still lives. */
void stage_drop_table(const struct stage *stage);

#endif
