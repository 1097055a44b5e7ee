/*
 * Whether a record of an export's file is as wide as its header, where lines may end with a comma: those of
 * the service's files of 2018 do, the header's too. Header and records may differ in that comma alone. What a
 * record that may have lost a value would be read as is refused. Pure.
 */
#ifndef RUN_EXPORT_WIDTH_H
#define RUN_EXPORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* What the file's first record shows of all. */
enum export_comma {
    EXPORT_COMMA_UNKNOWN, /* there was no record yet: as the header has it */
    EXPORT_COMMA_NONE,
    EXPORT_COMMA_FINAL,
};

struct export_width {
    size_t columns;   /* of the header, without the one behind a final comma */
    bool final_comma; /* the header has one */
    enum export_comma records;
};

/*
 * Whether a record with so many values has one for each column. last_is_empty: of its last value. Notes what
 * the first record shows.
 */
bool export_width_fits(struct export_width *width, size_t count, bool last_is_empty);

/* Whether records have a final comma, as far as is known. */
bool export_width_has_comma(const struct export_width *width);

#endif
