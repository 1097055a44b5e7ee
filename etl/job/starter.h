/*
 * A job definition to start from: YAML, commented, that `check` accepts as it is.
 */
#ifndef JOB_STARTER_H
#define JOB_STARTER_H

#include "base/buf.h"
#include "job/catalogue.h"

struct starter {
    const char *contract;                              /* job_is_contract_number() */
    const char *custom_names[CATALOGUE_CUSTOM_FIELDS]; /* what the contract calls them, by their place; NULL:
                                                          not named */
};

/*
 * Appends the definition: tokens and hours by day, product, user and every custom field that has a name, over
 * the last 35 days; the custom fields' columns are named by job/custom_column. A name itself stands in a
 * comment, in one line whatever is in it. Pure.
 */
void starter_put(const struct starter *starter, struct buf *out);

#endif
