/* Column names for a contract's custom fields, from the names that the contract gives them. */
#ifndef JOB_CUSTOM_COLUMN_H
#define JOB_CUSTOM_COLUMN_H

#include "job/job.h"

/* By the field's place; "" where the contract does not name it. */
struct custom_columns {
    char items[CATALOGUE_CUSTOM_FIELDS][JOB_COLUMN_NAME];
};

/*
 * `Cost Center` becomes `cost_center`, `地理` stays. Each is an identifier that needs no quotes in SQL, is
 * none of the tool's own columns, nor the column of a documented field or metric, and is unique: a repeated
 * name gets its field's number as a suffix (`region_6`); a name that is taken, is a word of SQL or begins
 * with a digit gets the prefix `custom_`; for a name without letters or digits the column is that of the
 * field, `custom_field2`. names: by the field's place, NULL for one without a name. Pure.
 */
void custom_columns_make(const char *const names[CATALOGUE_CUSTOM_FIELDS], struct custom_columns *columns);

#endif
