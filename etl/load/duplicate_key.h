/*
 * A key that comes twice in one result: a token counted twice, or a field that is missing from the key.
 */
#ifndef LOAD_DUPLICATE_KEY_H
#define LOAD_DUPLICATE_KEY_H

#include "base/err.h"
#include "load/stage.h"

/*
 * Whether a row comes twice among the stage's rows, the same in every column: one is repeated. Outside a
 * transaction: rows in a file go to the stage's table where a key comes twice.
 */
MUST_CHECK bool duplicate_key_is_repetition(struct stage *stage, struct pg *pg, bool *repeats,
                                            struct err *err);

/* ERR_DATA when a key comes twice among the rows of the stage's table: the error names the key's columns,
 * shows one, and says what may have made it. */
MUST_CHECK bool duplicate_key_refuse(const struct target *target, const struct stage *stage, struct pg *pg,
                                     struct err *err);

#endif
