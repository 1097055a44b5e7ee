/*
 * What `source: contract` loads: what the service keeps of a contract itself, as tables. Token Flex API,
 * "Other reads".
 */
#ifndef JOB_DATASET_H
#define JOB_DATASET_H

#include "job/catalogue.h"

enum dataset_kind {
    DATASET_CONTRACTS,          /* GET contract/:n, one row a contract */
    DATASET_CONTRACT_YEARS,     /* its contractYears, one row a year */
    DATASET_CUSTOM_FIELD_NAMES, /* GET contract/:n/enrichment, one row a custom field */
};

/* A constant. Its grain are the contract and the key. */
struct dataset {
    enum dataset_kind kind;
    const char *name; /* as `query.dataset` has it */
    const struct catalogue_entry *columns;
    size_t count;
    size_t key_count; /* the first columns: they tell a contract's rows apart */
};

/* By its name, to the letter; NULL where there is none. */
const struct dataset *dataset_find(const char *name);

/* Their names as messages show them. */
#define DATASET_NAMES "contracts, contract_years or custom_field_names"

/* The column of this name; NULL where the dataset has none. */
const struct catalogue_entry *dataset_column(const struct dataset *dataset, const char *name);

#endif
