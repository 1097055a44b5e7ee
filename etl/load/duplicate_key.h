/*
 * Finds a key that occurs twice in one result: usage would count twice, or the key lacks a field.
 */
#ifndef LOAD_DUPLICATE_KEY_H
#define LOAD_DUPLICATE_KEY_H

#include "base/err.h"
#include "load/stage.h"

/*
 * *repeats: two rows of the stage are equal in every column. Outside a transaction: if a key may occur twice,
 * rows in a file are moved to the staging table.
 */
MUST_CHECK bool duplicate_key_is_repetition(struct stage *stage, struct pg *pg, bool *repeats,
                                            struct err *err);

/* ERR_DATA if a key occurs twice in the staging table: the error names the key's columns, shows one key, and
 * says what may be the cause. */
MUST_CHECK bool duplicate_key_refuse(const struct target *target, const struct stage *stage, struct pg *pg,
                                     struct err *err);

#endif
