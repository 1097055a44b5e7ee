/*
 * The proof of a load, before it is committed: the figures (load/figures) of the table's rows, which the
 * database adds up, must be those of the rows that were received.
 */
#ifndef LOAD_PROOF_CHECK_H
#define LOAD_PROOF_CHECK_H

#include "base/err.h"
#include "load/proof.h"
#include "load/scope.h"

#include <stdint.h>

/* Which rows of the scope must have the figures of the received ones. */
enum proof_rows {
    PROOF_SCOPE,  /* all of them */
    PROOF_STAGED, /* those whose keys are staged: others stay beside them */
    PROOF_RUN,    /* those of this run: earlier runs' stay beside them */
};

struct proof_claim {
    const struct load_scope *scope;
    enum proof_rows rows;
    const char *run_id;  /* PROOF_RUN */
    uint64_t beside;     /* PROOF_STAGED: rows of the scope that are not staged */
    bool is_whole_table; /* the table has no other rows */
};

/*
 * In the load's transaction. ERR_DATA where they differ, with both sides: of all rows, and of the first days
 * that differ, where rows have days and there is a stage to compare the table with.
 */
MUST_CHECK bool proof_check(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                            struct err *err);

/* Appends the figures that the table's rows have now, as figures_put_lines() does. */
MUST_CHECK bool proof_read_table(const struct proof_claim *claim, struct pg *pg, struct buf *lines,
                                 struct err *err);

#endif
