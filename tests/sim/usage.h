/*
 * One record of usage: a session, a cloud service's run, or a manual entry, with a value for every field and
 * an amount for every metric. A value is a number, from which world_text() makes the field's text.
 */
#ifndef SIM_USAGE_H
#define SIM_USAGE_H

#include "field.h"

/* No value: the field is null, or does not exist in the record's category. */
#define USAGE_NULL UINT64_MAX
/* No amount. */
#define USAGE_NONE INT64_MIN

#define USAGE_CUSTOM_FIELDS 10

/* Places of values: by enum field_value, but for the ten custom fields, which have one each. */
enum { USAGE_CUSTOM = VALUE_UNKNOWN + 1, USAGE_VALUES = USAGE_CUSTOM + USAGE_CUSTOM_FIELDS };

struct usage {
    uint64_t number;   /* no other record of the contract has it */
    int64_t known_day; /* on that day (UTC) the service learned what it says of the record now */
    bool gone;         /* the service had it once */
    uint64_t values[USAGE_VALUES];
    int64_t
        amounts[METRIC_UNKNOWN + 1]; /* thousandths; those of uniqueUsers and uniqueProducts are not used */
};

/* Takes a record that is seen; usage is valid during the call. */
typedef void usage_visit(void *context, const struct usage *usage);

#endif
