/*
 * The rows of an export's file, some thousand at a time: while the download is waited for, the database is
 * not, and the other way round.
 */
#ifndef RUN_EXPORT_SOURCE_H
#define RUN_EXPORT_SOURCE_H

#include "api/export.h"
#include "run/export_rows.h"
#include "run/row_block.h"
#include "run/row_source.h"

struct export_source {
    struct row_source source; /* the first member */

    /* Inside. */
    struct export_rows *rows;
    struct row_block block;
    size_t next;    /* row of the block, to be read */
    uint64_t count; /* rows that have come since the file's last start */
    bool has_ended;
};

/*
 * Makes the source of an export of status EXPORT_DOWNLOAD; columns are the API's names, in the order in which
 * the rows are to have them. Both are borrowed. A file that has to begin from the start restarts the source.
 * Errors as run/export_rows has them.
 */
MUST_CHECK bool export_source_begin(struct export_source *source, struct export *export,
                                    const struct text_list *columns, struct err *err);

/* Gives the file up where it has not come to its end. After export_source_begin(), whatever it answered. */
void export_source_end(struct export_source *source);

/* As export_rows_doubt() has it. After the end. */
const char *export_source_doubt(const struct export_source *source);

#endif
