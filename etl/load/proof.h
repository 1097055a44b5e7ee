/*
 * The received side of a load's proof: the figures (load/figures) of all rows received, and a totals line
 * among them, if there is one. load/proof_check compares the figures with those of the table.
 */
#ifndef LOAD_PROOF_H
#define LOAD_PROOF_H

#include "base/err.h"
#include "load/figures.h"

struct proof; /* opaque; used by one thread */

/* target is borrowed: its types at the time a row is added decide which values are numbers. */
struct proof *proof_make(const struct target *target);
void proof_release(struct proof *proof); /* NULL is allowed */

/* Adds a row: its values, one per column of the target, and its key (ROW_KEY_BYTES). ERR_DATA for a number
 * that cannot be added up. */
MUST_CHECK bool proof_add(struct proof *proof, const struct value *values, const unsigned char *key,
                          struct err *err);

/* proof_keep() saves the figures; proof_restore() returns to the saved ones, without the rows added since. */
void proof_keep(struct proof *proof);
void proof_restore(struct proof *proof);

/* ERR_DATA if a row is a totals line (load/totals_line). */
MUST_CHECK bool proof_refuse_totals_line(const struct proof *proof, struct err *err);

/* The figures of all rows. Owned by the proof. */
const struct figures *proof_figures(const struct proof *proof);

#endif
