/*
 * The world of a contract: who used what on which day, as it truly was. It follows from the seed, the
 * contract and the number of people, and does not change; what the service knew of it at a moment is
 * known.h's. Records are made day by day and never kept.
 *
 * A product is charged once a day and user, by its rate: the user's first session costs tokens, the others
 * are FREE. A short session is CASUAL. Machine-metered products show the machine as the user and the user as
 * the machine. Cloud services cost by quantity. Each month has a manual consumption and a manual adjustment,
 * some adjustments from the multi-year pool where the contract has one.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "people.h"

#define WORLD_TEXT_BYTES 256

struct config;
struct contract;

struct world {
    uint64_t seed;
    int64_t start_day;
    int64_t end_day; /* no usage from then on */
    bool multi_year;
    uint32_t people;
};

/* A contract's world: a person for each 600 tokens of its years, at least 12, times the setting `scale`. The
 * usage of a contract that is active does not end. */
struct world world_of(const struct config *config, const struct contract *contract);

/* Visits the records of one day, always in the same order. known_day is the day after, for some up to 12 days
 * later: reports that were late. */
void world_day(const struct world *world, int64_t day, usage_visit *visit, void *context);

/* A manual adjustment of that many thousandths of tokens, from the pool of the contract year or of several.
 */
void world_adjustment(const struct world *world, int64_t day, int64_t tokens, bool multi_year,
                      struct usage *usage);

/* The contract year (1, 2 …) that a day is in. */
int64_t world_contract_year(int64_t contract_start_day, int64_t day);

/* The place of a field's values: by its name, or by the contract's own name of a custom field. */
int world_place(const struct contract *contract, const char *field);

/* Writes a value of that place as text (at most WORLD_TEXT_BYTES) and answers its length; 0 for null. */
size_t world_text(int place, const char *field, uint64_t value, char *out);

#endif
