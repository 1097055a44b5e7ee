/*
 * A key that comes twice in one result: a token counted twice, or a field that is missing from the key.
 */
#ifndef LOAD_DUPLICATE_KEY_H
#define LOAD_DUPLICATE_KEY_H

#include "base/err.h"
#include "load/stage.h"

/* ERR_DATA when a key comes twice among the stage's rows: the error names the key's columns and shows one. */
MUST_CHECK bool duplicate_key_refuse(const struct target *target, const struct stage *stage, struct pg *pg,
                                     struct err *err);

#endif
