/* Values rendered once for all rows: entry i of a table is the JSON or CSV text of a field's value i; an
 * empty entry is null. */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include "domain.h"

enum format {
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_CSV_QUOTED, /* every value in quotes */
    FORMAT_CSV_TEXTS,  /* texts in quotes; numbers and dates bare, those with `.0`, these with a time */
    FORMAT_COUNT
};

/* Fields with more values than this are rendered row by row. */
#define TABLE_MAX_VALUES 65536

struct table {
    char *text;
    uint32_t *start; /* count + 1 of them */
    uint32_t count;
    uint32_t widest;
};

/* Writes value index as plain text (at most DOMAIN_BYTES), answers its length, 0 for null. */
typedef size_t table_render(const void *context, uint64_t index, char *out);

/* raw: the text is no string (a number; a date where only texts are quoted). The caller frees with
 * table_free(). */
struct table *table_make(uint32_t count, table_render *render, const void *context, enum format format,
                         bool raw);
void table_free(struct table *table);

/* The table of a field's first `count` values, made once and kept for ever. */
const struct table *table_of_field(const struct field *field, const char *name, uint32_t count,
                                   enum format format);

#endif
