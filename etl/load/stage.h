/*
 * The stage takes the rows of a result as they arrive, page by page. It is one of these:
 *
 * - a temporary table, into which each page is copied with one COPY;
 * - for a target that Citus distributes, an unlogged table with the same shards in the target's schema, so
 * that each node joins its own rows;
 * - if the rows are to go straight into the target (load/fill), a file (load/row_file), which sorts them. Its
 *   rows can be moved to a table later.
 *
 * Other sessions do not use the stage, and no transaction stays open between pages. The table is dropped at
 * the end of the session at the latest; the unlogged table of a session that was killed is dropped by a later
 * run (stage_drop_abandoned()). Every value is checked against its column's type when it is added, and every
 * row gets its key.
 */
#ifndef LOAD_STAGE_H
#define LOAD_STAGE_H

#include "base/err.h"
#include "job/window.h"
#include "load/day_set.h"
#include "load/proof.h"
#include "load/target.h"
#include "wire/cell.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct stage; /* opaque */
struct row_file;

enum stage_place { STAGE_IN_TABLE, STAGE_IN_FILE };

/*
 * The table has `_row_key uuid`, then the target's columns of the result, and contract_number if the target
 * is distributed by it. Its name contains the nonce of its session, so that two sessions never use one name.
 */

/* The name for statements: schema and name. The table does not exist while rows are in a file. Owned by the
 * stage. */
const char *stage_name(const struct stage *stage);

/* The name of the table of what differs, which load/difference makes for a load's transaction. Owned by the
 * stage. */
const char *stage_difference_name(const struct stage *stage);

/*
 * If the target's placement has changed since the rows were staged (a load of another contract has created
 * the target), moves the rows to a stage that fits. To be called outside a transaction.
 */
MUST_CHECK bool stage_change_placement(struct stage *stage, struct err *err);

/*
 * To be called in the load's transaction, with the rows in the table: ERR_LATER if the target has other
 * shards than it had when the table was made; ERR_UNAVAILABLE, with the connection given up, if a node has
 * lost rows of the stage, as a restart does to an unlogged table.
 */
MUST_CHECK bool stage_check_nodes(const struct stage *stage, struct err *err);

/* Drops the tables in the schema that sessions which have ended left behind. */
MUST_CHECK bool stage_drop_abandoned(struct pg *pg, const char *schema, struct err *err);

/*
 * Makes a stage in pg's session. Unless place is STAGE_IN_FILE, also makes its table, which replaces one of
 * an earlier attempt. Outside a transaction. target and pg are borrowed until stage_release(). Returns NULL
 * on error.
 */
struct stage *stage_make(struct pg *pg, const struct target *target, const char *contract,
                         const struct window *window, enum stage_place place, struct err *err);

/* The file with the rows, their `_row_key` last; NULL: the rows are in the table. Owned by the stage. */
struct row_file *stage_file(const struct stage *stage);

/* Whether the rows are in a file and encoded with the target's current types. */
bool stage_fits(const struct stage *stage);

/* Moves rows from the file, if they are there, into the table. Between pages, outside a transaction. */
MUST_CHECK bool stage_move_to_table(struct stage *stage, struct err *err);

/* Frees the stage, ends a COPY that is open, and drops the table if the session still lives. NULL is
 * allowed. */
void stage_release(struct stage *stage);
void stage_cleanup(struct stage **stage);

/*
 * The following rows belong to this part of the window: a row with another day, or without one, is ERR_DATA.
 * To be called before the first row, and before the rows of each further part.
 */
void stage_begin_part(struct stage *stage, const struct window *part);

/*
 * Changes the stage's columns to the target's current types, after one of them was widened. Not during a
 * page. In a transaction a rollback undoes it; then rows in a file must fit already (stage_fits()).
 */
MUST_CHECK bool stage_change_types(struct stage *stage, struct err *err);

/*
 * One page: begin, its rows, end. Between begin and end the session can do nothing else. After an error in
 * stage_add_row() or stage_end_page() the page is over and the stage can only be released.
 *
 * ERR_DATA names row (of the whole result, from 1), column and value: a value that does not fit its type, or
 * a row that is not as wide as the result.
 */
MUST_CHECK bool stage_begin_page(struct stage *stage, struct err *err);
MUST_CHECK bool stage_add_row(struct stage *stage, const struct cell *cells, size_t count, struct err *err);
MUST_CHECK bool stage_end_page(struct stage *stage, struct err *err);

/*
 * The keys that may occur twice, ROW_KEY_BYTES each, owned by the stage: all that do, and few others. Returns
 * false if there are too many to list; *count is then any number other than 0.
 */
MUST_CHECK bool stage_candidates(const struct stage *stage, const unsigned char **keys, size_t *count);

/* Notes that no key occurs twice: until the next page begins there are no candidates. */
void stage_note_unique(struct stage *stage);

/* Whether a column of the key had an empty text in one row and null in another: both are stored as null. */
bool stage_has_empty_and_null(const struct stage *stage, size_t column);

/*
 * Removes the rows of the part that was begun last. `keep` rows were staged before it and must remain.
 * Between pages. date_name: the API name of the window's date. ERR_DATA if another number of rows remains.
 */
MUST_CHECK bool stage_remove_part(struct stage *stage, const char *date_name, const struct window *part,
                                  uint64_t keep, struct err *err);

/* The figures of all rows, for the proof of the load. Owned by the stage. */
const struct proof *stage_proof(const struct stage *stage);

/* The days of the rows by the window's date, including those of rows that were removed again. Empty if rows
 * have no days. Owned by the stage. */
const struct day_set *stage_days(const struct stage *stage);

/* Rows of the pages that have ended: confirmed by the server, or kept in the file. */
uint64_t stage_rows(const struct stage *stage);

#endif
