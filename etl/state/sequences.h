/* The sequences that number the rows of the tool's tables. */
#ifndef STATE_SEQUENCES_H
#define STATE_SEQUENCES_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * Sets the sequences that are behind the rows of their tables: a logical replica has the rows but not the
 * sequences, and a restore of data alone has not either. Otherwise new rows would get numbers that exist, and
 * could not be written. Logs each as a warning. The schema must be at this program's level. Sequences that
 * the role may not set stay as they are.
 */
MUST_CHECK bool sequences_advance(struct pg *pg, struct err *err);

/* To be called if a row of the run table cannot be written: if its number exists already, names the cause,
 * with the statement that sets the sequence. Returns false. */
bool sequences_explain(struct err *err);

#endif
