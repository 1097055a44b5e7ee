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

struct catalogue_entry {
    const char *name; /* the API's: usageDate */
    enum column_type type;
    bool is_metric;
    bool is_enum;     /* no wildcards in `where` */
    bool is_additive; /* metrics: may be summed over rows */
    enum catalogue_level level;
    const char *const *categories;  /* the usage categories it is for, ended by NULL; NULL: all of them */
    bool in_desktop_session_export; /* on the closed list of the desktop session export */
    const char *unit;               /* metrics: tokens, minutes, hours, … */
    const char *comment;            /* one sentence for the column's comment */
};

/* The usage categories that the service documents, ended by NULL. */
extern const char *const catalogue_categories[];

/* customField1 to customField10. */
#define CATALOGUE_CUSTOM_FIELDS 10

/* By the API's name, to the letter; NULL where the catalogue lacks it. */
const struct catalogue_entry *catalogue_find(const char *name);

/* The place of a custom field among its like: 1 for customField1. 0: it is none. */
unsigned catalogue_custom_field(const struct catalogue_entry *entry);

/* All of it, for suggestions and for `discover fields`. */
const struct catalogue_entry *catalogue_all(size_t *count);

#endif
