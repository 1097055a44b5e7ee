/*
 * Checks that a record of an export's file is as wide as its header. Lines may end with a comma, in header
 * and records: lines of the service's files of 2018 do. Header and records may differ in that comma only. A
 * record is refused if it might have lost a value. Pure.
 */
#ifndef RUN_EXPORT_WIDTH_H
#define RUN_EXPORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* What the first record shows about all records. */
enum export_comma {
    EXPORT_COMMA_UNKNOWN, /* there was no record yet: the header decides */
    EXPORT_COMMA_NONE,
    EXPORT_COMMA_FINAL,
};

struct export_width {
    size_t columns;   /* columns of the header, without the nameless one after a final comma */
    bool final_comma; /* the header ends with a comma */
    enum export_comma records;
};

/*
 * Whether a record with `count` values has one for each column. last_is_empty: the last value is empty.
 * Stores what the first record shows.
 */
bool export_width_fits(struct export_width *width, size_t count, bool last_is_empty);

/* Whether records end with a comma, as known from the first record or else from the header. */
bool export_width_has_comma(const struct export_width *width);

#endif
