/*
 * The received side of a load's proof: the figures (load/figures) of all rows that were received, and the
 * totals line among them, if there is one. load/proof_check compares them with the table's.
 */
#ifndef LOAD_PROOF_H
#define LOAD_PROOF_H

#include "base/err.h"
#include "load/figures.h"

struct proof; /* opaque; used by one thread */

/* target is borrowed: its types when a row is added tell which values are numbers. */
struct proof *proof_make(const struct target *target);
void proof_release(struct proof *proof); /* NULL is allowed */

/* Adds a row's values, one a column of the target, and its key (ROW_KEY_BYTES). ERR_DATA for a number that
 * cannot be added up. */
MUST_CHECK bool proof_add(struct proof *proof, const struct value *values, const unsigned char *key,
                          struct err *err);

/* The figures become what they were when they were kept: rows that were added since are taken back. */
void proof_keep(struct proof *proof);
void proof_restore(struct proof *proof);

/* ERR_DATA where a row is a totals line (load/totals_line). */
MUST_CHECK bool proof_refuse_totals_line(const struct proof *proof, struct err *err);

/* Owned by the proof. */
const struct figures *proof_figures(const struct proof *proof);

#endif
