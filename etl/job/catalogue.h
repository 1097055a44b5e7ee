/*
 * The fields and metrics that the service documents (Token Flex API, "Fields and metrics").
 *
 * The catalogue is not closed: a name it lacks is passed on to the service, with a warning.
 */
#ifndef JOB_CATALOGUE_H
#define JOB_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* What a column may be in PostgreSQL, narrow to wide within its family. */
enum column_type {
    COLUMN_BOOLEAN,
    COLUMN_INTEGER, /* bigint also for `integer`: the service says no range */
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

enum catalogue_level {
    LEVEL_AGGREGATE, /* query and export */
    LEVEL_SESSION,   /* session or transaction level: export only, one usage category at a time */
};

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
    /* Whether a session-level export of it may hold only what is marked in_desktop_session_export. */
    bool has_closed_session_list;
};

/* The usage categories that the service documents, by enum usage_category. */
extern const struct usage_category_info usage_categories[USAGE_CATEGORIES];

/* By its name or its old name; NULL where the service documents none such. */
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
    unsigned categories;            /* the usage categories it is for: a set of 1 << enum usage_category */
    bool in_desktop_session_export; /* on the closed list of the desktop session export */
    const char *unit;               /* metrics: tokens, minutes, hours, … */
    const char *comment;            /* one sentence for the column's comment */
};

/* Whether the field or metric is for this usage category. */
bool catalogue_is_for(const struct catalogue_entry *entry, enum usage_category category);

/* customField1 to customField10. */
#define CATALOGUE_CUSTOM_FIELDS 10

/* By the API's name, to the letter; NULL where the catalogue lacks it. */
const struct catalogue_entry *catalogue_find(const char *name);

/* The place of a custom field among its like: 1 for customField1. 0: it is none. */
unsigned catalogue_custom_field(const struct catalogue_entry *entry);

/* The whole catalogue, for suggestions and for `discover fields`. */
const struct catalogue_entry *catalogue_all(size_t *count);

#endif
