/*
 * What `source: contract` loads: the service's records of a contract and its own totals of the usage, as
 * tables. Token Flex API, "Other reads".
 *
 * Usage categories have the names that the service uses now, whatever the answer calls them, so that rows of
 * these tables and rows of usage can be joined; a name that is not documented stays.
 */
#ifndef JOB_DATASET_H
#define JOB_DATASET_H

#include "base/arena.h"
#include "job/catalogue.h"

enum dataset_kind {
    DATASET_CONTRACTS,          /* GET contract/:n, one row per contract */
    DATASET_CONTRACT_YEARS,     /* its contractYears, one row per year */
    DATASET_CUSTOM_FIELD_NAMES, /* GET contract/:n/enrichment, one row per custom field */
    DATASET_USAGE_SUMMARY, /* GET usage/:n/summary, one row per month, contract year and usage category */
    DATASET_USAGE_LAST,    /* GET usage/:n/last, one row per usage category and charge category */
};

/* A constant. Its grain is the contract and the key. */
struct dataset {
    enum dataset_kind kind;
    const char *name; /* as `query.dataset` has it */
    const struct catalogue_entry *columns;
    size_t count;
    size_t key_count; /* the first columns: they identify a row of a contract */
};

/* By its exact name; NULL if there is none. */
const struct dataset *dataset_find(const char *name);

/* Their names in order; NULL after the last. */
const char *dataset_name(size_t index);

/* Their names as messages show them: `a, b or c`. Lives in arena. */
const char *dataset_names(struct arena *arena);

/* The column of this name; NULL where the dataset has none. */
const struct catalogue_entry *dataset_column(const struct dataset *dataset, const char *name);

#endif
