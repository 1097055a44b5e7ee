/*
 * The rows of an export's file, in batches of some thousand: a wait for the download does not keep the
 * database waiting, nor the other way round.
 */
#ifndef RUN_EXPORT_SOURCE_H
#define RUN_EXPORT_SOURCE_H

#include "api/export.h"
#include "run/export_dialect.h"
#include "run/export_rows.h"
#include "run/row_block.h"
#include "run/row_source.h"

struct export_source {
    struct row_source source; /* the first member */

    /* Private. */
    struct export_rows *rows;
    struct row_block block;
    struct export_dialect dialect;
    uint64_t count; /* rows read since the file's last start */
    bool has_ended;
    bool must_restart; /* the file was damaged */
};

/*
 * Makes the source of an export of status EXPORT_DOWNLOAD. columns are the API's names, in the order that the
 * rows are to have: first the `fields` fields, then the metrics. Both are borrowed. If the file has to be
 * downloaded from the start, the source restarts. Errors as from run/export_rows.
 */
MUST_CHECK bool export_source_begin(struct export_source *source, struct export *export,
                                    const struct text_list *columns, size_t fields, struct err *err);

/* Ends the download if it is not finished. To be called after export_source_begin(), even if that has
 * failed. */
void export_source_end(struct export_source *source);

/* As export_rows_unproved_reason(). To be called after the end of the rows. */
const char *export_source_unproved_reason(const struct export_source *source);

#endif
