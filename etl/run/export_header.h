/*
 * The header of an export's file: which of its columns are those that the job asked for. Token Flex API,
 * "Export".
 *
 * Nobody has written down how the service names and orders an export's columns. So names are compared without
 * regard to ASCII case, spaces, `_` and `-` (`Usage Date`, `USAGEDATE`, `usage_date` are usageDate), any
 * order is accepted, and columns that were not requested are ignored. Files of 2018 end every line with a
 * comma: a column without a name is ignored while it has no values. A header that leaves a doubt is refused,
 * because rows in the wrong columns are worse than no rows.
 *
 * A custom field may bear the contract's own name for it (`Cost Centre` for customField1). That cannot be
 * known from the file; such a column is a missing one next to an unknown one, and the error's hint says so.
 *
 * Pure.
 */
#ifndef RUN_EXPORT_HEADER_H
#define RUN_EXPORT_HEADER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/csv/csv.h"

#include <stdbool.h>
#include <stddef.h>

struct export_header {
    const size_t *places;   /* of each requested name, in their order: its column in the file, from 0 */
    size_t count;           /* requested names */
    size_t width;           /* columns of the file, without the nameless one behind a final comma */
    bool final_comma;       /* the header ends with a comma, and so may the records */
    bool quotes_texts;      /* its names stand in quotes that they do not need */
    const size_t *nameless; /* columns without a name, which must have no values: their places */
    size_t nameless_count;
    struct text_list extra; /* names of the columns that were not requested, as the file has them */
};

/*
 * Matches the file's first record to the names that were asked for, the API's, each once. What *header holds
 * lives in arena; record is not needed afterwards. *header is untouched on error.
 *
 * ERR_DATA names every requested column that the header lacks, and the header's own; the same where the
 * record has none of them and so is no header. ERR_DATA also where two columns may be the same requested
 * one, or one column two of them.
 */
MUST_CHECK bool export_header_match(const struct text_list *names, const struct csv_record *record,
                                    struct arena *arena, struct export_header *header, struct err *err);

/* Whether a value of the record stands in quotes that it does not need: the file quotes texts. */
bool export_header_quotes_texts(const struct csv_record *record);

/*
 * Appends names for a message: `a`, `b`, `c`. Each is shortened where it is long, and what would make the
 * list longer than some 520 bytes is only counted.
 */
void export_header_put_names(struct buf *text, const struct text_list *names);

#endif
