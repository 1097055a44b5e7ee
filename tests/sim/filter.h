/*
 * The condition of a query's `where`, read into a tree: comparisons (= != <> < <= > >=), LIKE with %, IN,
 * AND, OR and brackets. Values are compared as texts; usageDate, usageMonth and contractYear by their order.
 * A null is unlike every text.
 */
#ifndef SIM_FILTER_H
#define SIM_FILTER_H

#include "known.h"
#include "where.h"

struct filter;

/* NULL where there is no condition, or (with *message, which the caller frees) one that cannot be read.
 * contract has the names of custom fields; NULL: none. */
struct filter *filter_read(const char *where, const struct contract *contract, char **message);
void filter_free(struct filter *filter);

/* Whether it holds for a record; true for NULL. */
bool filter_holds(const struct filter *filter, const struct known *known, const struct usage *usage);

/* The days outside of which it holds for no record; all days for NULL. */
struct window filter_window(const struct filter *filter);

#endif
