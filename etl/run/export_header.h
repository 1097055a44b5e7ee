/*
 * Matches the header of an export's file to the columns that the job has requested. Token Flex API, "Export".
 *
 * The documentation does not say how the service names and orders the columns of an export. So names are
 * compared without regard to ASCII case, spaces, `_` and `-` (`Usage Date`, `USAGEDATE`, `usage_date` are
 * usageDate), any order is accepted, and columns that were not requested are ignored. Files of 2018 end every
 * line with a comma: a column without a name is ignored as long as it has no values. An ambiguous header is
 * refused, because rows in the wrong columns are worse than no rows.
 *
 * A custom field may have the contract's own name for it (`Cost Centre` for customField1). The file does not
 * show which field that is: the requested column is then missing, and there is an unknown one. The hint of
 * the error says so.
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
    const size_t *places;   /* for each requested name, in order: its column in the file, from 0 */
    size_t count;           /* requested names */
    size_t width;           /* columns of the file, without the nameless one after a final comma */
    bool final_comma;       /* the header ends with a comma, and so may the records */
    bool is_quoted;         /* a name of the header has quotes that it does not need */
    const size_t *nameless; /* the positions of columns without a name, which must have no values */
    size_t nameless_count;
    struct text_list extra; /* names of the columns that were not requested, as the file has them */
};

/*
 * Matches the first record of the file to the requested names: the API's names, each once. What *header holds
 * lives in arena; record is not needed afterwards. On error *header is unchanged.
 *
 * ERR_DATA names every requested column that the header lacks, and the columns that it has; also if the
 * record has none of the requested names and is thus no header. ERR_DATA also if two columns match the same
 * requested name, or one column matches two.
 */
MUST_CHECK bool export_header_match(const struct text_list *names, const struct csv_record *record,
                                    struct arena *arena, struct export_header *header, struct err *err);

/*
 * Appends names for a message: `a`, `b`, `c`. Long names are shortened. Names beyond some 520 bytes are only
 * counted.
 */
void export_header_put_names(struct buf *text, const struct text_list *names);

#endif
