/*
 * Proves a load before it is committed: the figures (load/figures) of the table's rows, which the database
 * adds up, must be equal to those of the rows that were received.
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
    PROOF_STAGED, /* those whose keys are staged; other rows of the scope are kept */
    PROOF_RUN,    /* those of this run; rows of earlier runs are kept */
};

struct proof_claim {
    const struct load_scope *scope;
    enum proof_rows rows;
    const char *run_id;       /* PROOF_RUN */
    uint64_t rows_not_staged; /* PROOF_STAGED: rows of the scope that are not staged */
    bool is_whole_table;      /* the table has only these rows */
    bool by_day;              /* PROOF_SCOPE, of dated rows: makes PROOF_DAYS, which later statements read */
};

/* The temporary table with the figures of each day: `day`, `rows`, `values_1`, `sum_1`, … of the column 1, …
 */
#define PROOF_DAYS "tokenflex_proof_day"

/*
 * To be called in the load's transaction. ERR_DATA if the figures differ. The error has both sides: of all
 * rows, and, if rows have days and there is a staging table, of the first days that differ.
 */
MUST_CHECK bool proof_check(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                            struct err *err);

/* Appends the current figures of the table's rows, in the form of figures_put_lines(). */
MUST_CHECK bool proof_read_table(const struct proof_claim *claim, struct pg *pg, struct buf *lines,
                                 struct err *err);

#endif
