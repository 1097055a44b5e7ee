/* Questions to the simulator's world, and what their answers add up to. */
#ifndef TEST_SIM_ASKED_H
#define TEST_SIM_ASKED_H

#include "sim/answer.h"
#include "sim/config.h"

#define CONTRACT "11000000001"

/* The default settings with changes, a JSON object. The caller releases. */
struct config *asked_config(const char *changes);

/* Of the query whose body is the JSON text: the sum of the first metric over all rows, in thousandths; nulls
 * are 0. */
int64_t asked_sum(const struct config *config, const char *text);

/* The number of its rows. */
uint64_t asked_count(const struct config *config, const char *text);

/* Its rows as JSON arrays, a line each. The caller frees. */
char *asked_rows(const struct config *config, const char *text);

#endif
