/*
 * The stage takes a result's rows as they arrive, page by page. It is a temporary table, into which each page
 * is one COPY; or, where the rows are to go straight into the target (load/fill), a file (load/row_file),
 * which becomes the table once that is wanted.
 *
 * Nothing is visible outside the session, no transaction stays open between pages, and the table is gone with
 * the session at the latest. Every value is checked against its column's type on the way in, and every row
 * gets its key.
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
 * The table has `_row_key uuid`, then the target's own columns of the result. Its name carries the nonce of
 * its session, so that it is found in no other.
 */

/* As it stands in a statement: schema and name. There is no such table while rows are in a file. Owned by the
 * stage. */
const char *stage_name(const struct stage *stage);

/*
 * A stage in pg's session, and its table, which replaces one that an earlier attempt left, unless the rows
 * are to be kept in a file. Outside a transaction. target and pg are borrowed until stage_release(). NULL on
 * error.
 */
struct stage *stage_make(struct pg *pg, const struct target *target, const char *contract,
                         const struct window *window, enum stage_place place, struct err *err);

/* The rows, with their `_row_key` last, while they are in a file; else NULL. Owned by the stage. */
struct row_file *stage_file(const struct stage *stage);

/* Whether the rows are in a file, encoded as the target's columns are now. */
bool stage_fits(const struct stage *stage);

/* Puts the rows of the file, if that is where they are, into the table. Between pages, outside a transaction.
 */
MUST_CHECK bool stage_settle(struct stage *stage, struct err *err);

/* Drops the table where the session still lives. NULL is allowed. */
void stage_release(struct stage *stage);
void stage_cleanup(struct stage **stage);

/*
 * From now on rows are those of this part of the window: one that has another day, or none, is ERR_DATA. To
 * be called before the first row, and before those of each further part.
 */
void stage_begin_part(struct stage *stage, const struct window *part);

/*
 * Brings the stage's columns to the types that the target's have now: one of them was widened. Not during a
 * page. In a transaction, its rollback takes it back; rows that are in a file must fit then (stage_fits()).
 */
MUST_CHECK bool stage_follow_types(struct stage *stage, struct err *err);

/*
 * One page: begin, its rows, end. Between begin and end the session can do nothing else. After an error in
 * stage_add_row() or stage_end_page() the page is over and the stage of no use but to be released.
 *
 * ERR_DATA names row (of the whole result, from 1), column and value: a value that does not fit its type, or
 * a row that is not as wide as the result.
 */
MUST_CHECK bool stage_begin_page(struct stage *stage, struct err *err);
MUST_CHECK bool stage_add_row(struct stage *stage, const struct cell *cells, size_t count, struct err *err);
MUST_CHECK bool stage_end_page(struct stage *stage, struct err *err);

/*
 * The keys that may be among the rows twice, ROW_KEY_BYTES each, owned by the stage: all that are, and few
 * others. False when there are too many to name; *count then is just not 0.
 */
MUST_CHECK bool stage_candidates(const struct stage *stage, const unsigned char **keys, size_t *count);

/* Remembers that none of them comes twice: until the next page begins there are no candidates. */
void stage_found_unique(struct stage *stage);

/* Whether a column of the key had an empty text in some row and null in another: both are null here. */
bool stage_has_empty_and_null(const struct stage *stage, size_t column);

/*
 * Takes the rows of the part that was begun last back, down to `keep`, which were staged before. Between
 * pages. date_name: as the API calls the window's date. ERR_DATA when that leaves another number of rows.
 */
MUST_CHECK bool stage_take_back(struct stage *stage, const char *date_name, const struct window *part,
                                uint64_t keep, struct err *err);

/* The figures of all rows, for the proof of their load. Owned by the stage. */
const struct proof *stage_proof(const struct stage *stage);

/* The days of the rows by the window's date; also of rows that were taken back. Empty where rows have none.
 * Owned by the stage. */
const struct day_set *stage_days(const struct stage *stage);

/* Rows that the server has confirmed. */
uint64_t stage_rows(const struct stage *stage);

#endif
