/*
 * What is remembered of the target tables, in tokenflex_etl.target: what a row of each means, which columns
 * hold its fields and metrics, and whether it is to take another table's place (load/rebuild/rebuild.h). And
 * which runs have loaded it.
 *
 * Lists of names are texts, one name per line.
 */
#ifndef STATE_TARGET_RECORD_H
#define STATE_TARGET_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct target_name {
    const char *schema;
    const char *table;
};

struct target_record {
    struct target_name name;
    const char *job;      /* that made the table */
    const char *rebuilds; /* the table of the same schema whose place it is to take; NULL: none */
    const char *grain;    /* the fields of the query, API names, sorted */
    const char *key;      /* what identifies a row, API names, sorted; `_run_id` before them: every run's
                             rows are kept */
    const char *columns;  /* of each field and metric its API name, a blank and its column; "": of a table
                             that an older version made */
    bool windowed;        /* rows are snapshots of window_start, window_end */

    /* What the tool wrote as comments when it made the table, as a JSON object: by column, that of the table
     * under "". NULL: none, or not remembered. */
    const char *comments;
};

/* *record is NULL where the tool did not make the table; else it and its texts live in the arena. */
MUST_CHECK bool target_record_read(struct pg *pg, const struct target_name *name, struct arena *arena,
                                   const struct target_record **record, struct err *err);

/*
 * Remembers a table within the transaction that made it; what was remembered of another table of this name is
 * forgotten. The comments are read off the table, whatever the record has.
 */
MUST_CHECK bool target_record_remember(struct pg *pg, const struct target_record *record, struct err *err);

/*
 * Stores the new `columns` of a table, within the transaction that has changed them. *was_known: the table
 * has a record; false: nothing was stored.
 */
MUST_CHECK bool target_record_set_columns(struct pg *pg, const struct target_name *name, const char *columns,
                                          bool *was_known, struct err *err);

/* Removes a line from `columns` of the table; nothing happens if it is not there. */
MUST_CHECK bool target_record_forget_column(struct pg *pg, const struct target_name *name, const char *line,
                                            struct err *err);

/*
 * The successor has taken its table's place, within the transaction that does so: the record of `table` is
 * deleted, and the record of the successor gets the name `table`. *was_known: there was a record of the
 * successor.
 */
MUST_CHECK bool target_record_adopt(struct pg *pg, const struct target_name *successor, const char *table,
                                    bool *was_known, struct err *err);

/* Whether our role has the privileges that target_record_adopt() and target_record_discard() need: delete on
 * target, target_filter and target_window. */
MUST_CHECK bool target_record_may_forget(struct pg *pg, bool *may_forget, struct err *err);

/*
 * Forgets a successor that will not take its table's place, and marks the runs that loaded it as failed: its
 * rows are in no table. *was_known: there was a record of a successor by this name, so that the table is ours
 * to drop.
 */
struct target_record_discard {
    struct target_name successor;
    const char *reason;  /* the error of its runs */
    const char *run_ids; /* runs known to have loaded it, one per line; the record has the others */
};
MUST_CHECK bool target_record_discard(struct pg *pg, const struct target_record_discard *discard,
                                      bool *was_known, struct err *err);

/* Every table that is to replace another one: a runner is loading it, or was ended before it finished. */
struct target_records {
    struct target_record *items; /* by schema and table */
    size_t count;
};
MUST_CHECK bool target_record_successors(struct pg *pg, struct arena *arena, struct target_records *records,
                                         struct err *err);

/* The jobs that have loaded rows into the table as it is now; names live in the arena. */
MUST_CHECK bool target_record_loaders(struct pg *pg, const struct target_name *name, struct arena *arena,
                                      struct text_list *jobs, struct err *err);

/* A moment in the run history: which loads were over, and which were under way. Texts live in the arena. */
struct target_loads {
    int64_t last_run_id;
    const char *running; /* run ids, one per line */
};
MUST_CHECK bool target_loads_mark(struct pg *pg, struct arena *arena, struct target_loads *loads,
                                  struct err *err);

/* A load that has changed rows of the table after the moment. Texts live in the arena. */
struct target_load {
    int64_t run_id; /* 0: no such load */
    const char *job;
    const char *contract;
};
MUST_CHECK bool target_loads_find_since(struct pg *pg, const struct target_name *name,
                                        const struct target_loads *loads, struct arena *arena,
                                        struct target_load *load, struct err *err);

/* Where the rows of runs are. */
struct target_record_rows {
    uint64_t tables;         /* into how many the rows went */
    struct target_name name; /* of the one table, in the arena; "": gone. Not defined if tables is above 1 */
    uint64_t rows_read;      /* by all of the runs */
};
MUST_CHECK bool target_record_find_rows(struct pg *pg, const char *run_ids, struct arena *arena,
                                        struct target_record_rows *rows, struct err *err);

#endif
