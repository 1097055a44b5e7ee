/*
 * The world as it was known on a day: the records reported until then, with the changes known until then.
 * Whatever the simulator answers in its own words (queries, exports, summary, last, contracts, values) is an
 * aggregation of known_each().
 */
#ifndef SIM_KNOWN_H
#define SIM_KNOWN_H

#include "world.h"

struct known {
    const struct config *config; /* not held */
    const struct contract *contract;
    struct world world;
    int64_t today; /* UTC; usage ends the day before */
};

/* The contract's world as the settings say. today is the setting of that name, else the real one. */
struct known known_now(const struct config *config, const struct contract *contract);

/* Visits the records of the days from (inclusive) to `to` (exclusive), day by day. Records that are gone are
 * visited only with `gone`. */
void known_each(const struct known *known, int64_t from, int64_t to, bool gone, usage_visit *visit,
                void *context);

/* world_text(), with the texts that changes brought. */
size_t known_text(const struct known *known, int place, const char *field, uint64_t value, char *out);

#endif
