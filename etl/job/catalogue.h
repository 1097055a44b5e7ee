/*
 * The fields and metrics that the service documents (Token Flex API, "Fields and metrics").
 *
 * The catalogue is not closed: a name it lacks is passed on to the service, with a warning.
 */
#ifndef JOB_CATALOGUE_H
#define JOB_CATALOGUE_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* The types that a column may have in PostgreSQL; within a family, from narrow to wide. */
enum column_type {
    COLUMN_BOOLEAN,
    COLUMN_INTEGER, /* bigint also for `integer`: the service does not state a range */
    COLUMN_NUMERIC,
    COLUMN_DATE,
    COLUMN_TIMESTAMP,
    COLUMN_TEXT,
};

/* PostgreSQL's name: boolean, bigint, numeric, date, timestamp, text. */
const char *column_type_name(enum column_type type);

/* Reads a type as `target.types` names it: those names, and integer, int, decimal, timestamp without time
 * zone. */
bool column_type_parse(const char *name, enum column_type *type);

/* The names that column_type_parse() accepts; NULL after the last. */
const char *column_type_spelling(size_t index);

/* What one row stands for if the field is requested. A field of any level but LEVEL_AGGREGATE is a detail.
 * A request with a detail must name usage categories in the attribute `usageCategory`, and the detail must
 * exist in each of these categories (Token Flex API, "Usage limitations").
 */
enum catalogue_level {
    LEVEL_AGGREGATE,
    LEVEL_SESSION,                /* one row per session */
    LEVEL_TRANSACTION,            /* one row per manual entry */
    LEVEL_SESSION_OR_TRANSACTION, /* one or the other, by the usage category */
};

/* `aggregate`, `session`, `transaction` or `session/transaction`. */
const char *catalogue_level_name(enum catalogue_level level);

enum usage_category {
    CATEGORY_DESKTOP_PRODUCT,
    CATEGORY_CLOUD_PRODUCT,
    CATEGORY_CLOUD_SERVICE,
    CATEGORY_MANUAL_ADJUSTMENT,
    CATEGORY_MANUAL_CONSUMPTION,
};

#define USAGE_CATEGORIES 5

struct usage_category_info {
    const char *name;     /* the API's: DESKTOP_PRODUCT */
    const char *old_name; /* what older answers call it; NULL: the same */
    /* Whether a session-level export of this category may request only the fields and metrics with
     * in_desktop_session_export. */
    bool has_closed_session_list;
};

/* The usage categories that the service documents, by enum usage_category. */
extern const struct usage_category_info usage_categories[USAGE_CATEGORIES];

/* By its name or its old name; NULL for a name that is not documented. */
const struct usage_category_info *usage_category_find(const char *name);

/* The names in their order; NULL behind the last. */
const char *usage_category_name(size_t index);

struct catalogue_entry {
    const char *name; /* the API's: usageDate */
    enum column_type type;
    bool is_metric;
    bool is_enum;     /* no wildcards in `where` */
    bool is_additive; /* metrics: may be summed over rows */
    enum catalogue_level level;
    /* Sets of 1 << enum usage_category. */
    unsigned categories;      /* in which it exists */
    unsigned queried;         /* in which the Query API serves it */
    unsigned maybe_queryable; /* for which the documentation contradicts itself: the Query API may serve it or
                                 not; an export always has it */
    bool in_desktop_session_export; /* on the closed list of the desktop session export */
    const char *unit;               /* metrics: tokens, minutes, hours, … */
    const char *comment;            /* one sentence for the column's comment */
};

/* Whether the field or metric is for this usage category. */
bool catalogue_is_for(const struct catalogue_entry *entry, enum usage_category category);

/* The documented ones among these names, old names too, as a set of 1 << enum usage_category. */
unsigned usage_category_set(const struct text_list *names);

/* Whether the Query API certainly serves the field in all usage categories of this set. */
bool catalogue_is_queried(const struct catalogue_entry *entry, unsigned categories);

/* Whether the set has at least one usage category in which the Query API certainly does not serve the field.
 */
bool catalogue_is_export_only(const struct catalogue_entry *entry, unsigned categories);

/* customField1 to customField10. */
#define CATALOGUE_CUSTOM_FIELDS 10

/* By the API's exact name; NULL if the catalogue lacks it. */
const struct catalogue_entry *catalogue_find(const char *name);

/* The number of a custom field: 1 for customField1. 0: it is not a custom field. */
unsigned catalogue_custom_field(const struct catalogue_entry *entry);

/* The whole catalogue, for suggestions and for `discover fields`. */
const struct catalogue_entry *catalogue_all(size_t *count);

#endif
