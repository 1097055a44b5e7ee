/*
 * The proof of a load: what is in the table's scope, held against what was received, before it is committed.
 *
 * Received rows are added up exactly, from the text of their values. Of each column of numbers outside the
 * key: how many values there are, and their sum. And one sum over the rows that ties values to keys: some
 * bits of `_row_key`, times one plus the row's numbers; so that values which have been exchanged between rows
 * show, and rows under another key. The database makes the same figures of the table's rows. Only columns
 * that are numbers in the table are held against each other.
 */
#ifndef LOAD_PROOF_H
#define LOAD_PROOF_H

#include "base/err.h"
#include "load/scope.h"
#include "load/value.h"

#include <stdint.h>

struct proof; /* opaque: the figures of received rows; used by one thread */

/* target is borrowed: its types when a row is added tell which values are numbers. */
struct proof *proof_make(const struct target *target);
void proof_release(struct proof *proof); /* NULL is allowed */

/* Adds a row's values, one a column of the target, and its key (ROW_KEY_BYTES). */
MUST_CHECK bool proof_add(struct proof *proof, const struct value *values, const unsigned char *key,
                          struct err *err);

/* The figures become what they were when they were kept: rows that were added since are taken back. */
void proof_keep(struct proof *proof);
void proof_restore(struct proof *proof);

/*
 * ERR_DATA where a row without any value of the key stands beside at least two others whose additive metrics
 * it sums up: a totals line, which would count everything twice.
 */
MUST_CHECK bool proof_refuse_totals_line(const struct proof *proof, struct err *err);

/* Which rows of the scope the received ones are held against. */
enum proof_rows {
    PROOF_SCOPE,  /* all of them */
    PROOF_STAGED, /* those whose keys are staged: others stay beside them */
    PROOF_RUN,    /* those of this run: earlier runs' stay beside them */
};

struct proof_claim {
    const struct load_scope *scope;
    enum proof_rows rows;
    const char *run_id; /* PROOF_RUN */
    uint64_t beside;    /* PROOF_STAGED: rows of the scope that are not staged */
};

/* ERR_DATA, with both sides, where they differ; by day where the rows have days. In the load's transaction.
 */
MUST_CHECK bool proof_check(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                            struct err *err);

#endif
