/*
 * What load/stage is made of: stage.c encodes rows, stage_table.c has the table that they go to.
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

/* How a column of the key had no value. */
struct absence {
    bool was_empty; /* an empty text */
    bool was_null;
};

struct stage {
    struct pg *pg;
    const struct target *target;
    struct row_key *key;
    struct value *values;     /* of the row under way */
    struct absence *absences; /* of each column */
    char *rooms;             /* VALUE_ROOM bytes a column, where a value may stay; NULL until one is wanted */
    struct buf rows;         /* encoded, not sent yet */
    struct row_file *file;   /* where the rows are kept; NULL: in the table */
    uint64_t rows_filed;     /* of those that were added */
    enum column_type *types; /* of each column, as the rows of the file are encoded */
    struct key_filter *filter;
    bool keys_are_unique; /* stage_found_unique(), and no page has begun since */
    struct proof *proof;
    struct day_set *days; /* of the rows, where they are dated */
    struct window part;   /* that the rows under way are of */
    uint64_t rows_added;
    uint64_t rows_confirmed;
    bool copying;
    char *copy_sql; /* into the table; NULL until there is one */
    char name[96];
};

/* Creates the table, for rows as they are encoded. */
MUST_CHECK bool stage_create_table(struct stage *stage, struct err *err);

/* Drops it where the session still lives. */
void stage_drop_table(const struct stage *stage);

#endif
