/* What only load/difference.c and its unit tests use. */
#ifndef LOAD_DIFFERENCE_INNER_H
#define LOAD_DIFFERENCE_INNER_H

#include "load/difference.h"

/* Appends the query of difference_find(). Pure. */
void difference_put_comparison(const struct load_scope *scope, const struct comparable *comparable,
                               const struct restatement *restatement, struct statement *statement);

#endif
