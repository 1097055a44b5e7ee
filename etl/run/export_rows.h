/*
 * The rows of a finished export, one after the other: its file downloaded, unpacked, read as CSV, and each
 * record's values put into the order in which the job asked for its columns.
 *
 *     struct export_rows *rows = export_rows_open(export, names, err);
 *     while (export_rows_next(rows, &state, &row, err))
 *         switch (state) {
 *         case EXPORT_ROWS_ROW:   stage row.cells
 *         case EXPORT_ROWS_PAUSE: end the COPY, export_rows_restart(rows, err), and stage everything again,
 *                                 from the first row on
 *         case EXPORT_ROWS_END:   done
 *         }
 *
 * Two functions may make API requests, which need the database session: export_rows_open() and
 * export_rows_restart(). While they run, the session of export->api->pg is in no COPY and no transaction.
 * export_rows_next() makes none, so a COPY may be open across it, however long the next bytes take.
 *
 * A file is whole only where that is proved:
 *
 * - by the transfer: its length was told and has been reached, or its last chunk has come, and no answer
 *   before told or sent more. Then a gzip stream without its end and a quote left open are the file's own
 *   faults, ERR_DATA; a last line without its line end is none;
 * - by a gzip stream that is complete, checksum included;
 * - else by another download of all of it, with the same number of bytes and rows and the same checksum:
 *   EXPORT_ROWS_PAUSE, and export_rows_restart() downloads it. One that differs, be it longer, is compared
 *   with a further one, until two in a row are the same.
 *
 * Two that are the same prove nothing where the content shows a cut: no bytes at all, a quote left open, a
 * gzip stream without its end, a last line without its line end.
 *
 * A file whose texts stand in quotes has null as an empty value or as `null` without quotes. Lines may end
 * with a comma (run/export_width), and a quote inside a text need not be doubled where the line's width
 * allows one reading only (csv_expect).
 *
 * Memory is constant: what a download takes (wire/download), some 200 KiB, and the largest record
 * (CSV_MAX_RECORD_BYTES at most).
 */
#ifndef RUN_EXPORT_ROWS_H
#define RUN_EXPORT_ROWS_H

#include "api/export.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct export_rows; /* opaque; used by one thread */

enum export_rows_state {
    EXPORT_ROWS_ROW,
    EXPORT_ROWS_PAUSE, /* the download broke off or proves nothing: export_rows_restart() is next */
    EXPORT_ROWS_END,   /* there is no further row */
};

/* One row. The cells are CELL_TEXT and CELL_NULL; they and their bytes are borrowed until the next call. */
struct export_row {
    const struct cell *cells; /* in the order of the names that were asked for */
    size_t count;             /* as many as names */
    uint64_t number;          /* in the file, counted from 1, the header not included */
    uint64_t line;            /* of the file, in which it begins, counted from 1 */
};

/*
 * Opens the export's file: export has status EXPORT_DOWNLOAD and a URL. names are the API's, fields and then
 * metrics, each once. Both are borrowed until export_rows_release(). May make API requests. NULL on error,
 * which is as export_file_open() has it.
 */
struct export_rows *export_rows_open(struct export *export, const struct text_list *names, struct err *err);

/* Gives the file up where it has not come to its end. Does not wait. NULL is allowed. */
void export_rows_release(struct export_rows *rows);
void export_rows_cleanup(struct export_rows **rows);

/*
 * Waits for the next row. *row is filled with EXPORT_ROWS_ROW alone. After EXPORT_ROWS_END it stays so; after
 * an error the rows are of no use but to be released. The first call reads the header too, and warns, once,
 * of columns that nobody asked for.
 *
 * ERR_DATA for a header that does not fit (run/export_header); with the line of the file for a record that is
 * not as wide as the header, and bytes that are no CSV (wire/csv) or are another format (run/export_format);
 * for a file that is empty twice, or whose gzip
 * stream is corrupt or lacks its end. ERR_UNAVAILABLE for a file that seems cut and ends at the same byte
 * again, and for one that was another each time, `retries` times. ERR_LATER past the job's timeout;
 * ERR_STOPPED. ERR_BUG where a pause was not answered by export_rows_restart().
 */
MUST_CHECK bool export_rows_next(struct export_rows *rows, enum export_rows_state *state,
                                 struct export_row *row, struct err *err);

/*
 * After EXPORT_ROWS_PAUSE: waits as long as the fault asks for and has the file opened at its start again.
 * May make API requests. The rows so far are void, and the next one is number 1 again. Errors as
 * export_file_restart() has them, ERR_UNAVAILABLE when retries are used up.
 */
MUST_CHECK bool export_rows_restart(struct export_rows *rows, struct err *err);

/*
 * After EXPORT_ROWS_END: why it took two downloads that are the same to prove that the file is whole, as
 * words such as "its host tells no length". NULL where the transfer or a gzip stream has proved it.
 */
const char *export_rows_doubt(const struct export_rows *rows);

#endif
