/*
 * Reads the rows of a finished export one after the other: downloads its file, decompresses it, reads it as
 * CSV, and puts the values of each record into the order in which the job has requested its columns. Token
 * Flex API, "Export", has the dialect; what it leaves open is said below.
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
 * A file counts as complete only if that is proved:
 *
 * - by the transfer: the announced length has been reached, or the end of a chunked transfer (and the length,
 *   if that was announced, too), and no earlier response announced or sent more. Then an incomplete gzip
 *   stream or an open quote is a fault of the file itself, ERR_DATA. A last line without a line end is
 *   accepted, unless it also lacks the final comma that other lines have: then a value may be cut;
 * - by a complete gzip stream with the right checksum;
 * - else by another complete download with the same number of bytes and rows and the same checksum:
 *   EXPORT_ROWS_PAUSE, and export_rows_restart() downloads it. A download that differs, even a longer one, is
 *   compared with a further one, until two in a row are the same.
 *
 * Two equal downloads prove nothing if the content shows a cut: no bytes at all, an open quote, an incomplete
 * gzip stream, a last line without a line end.
 *
 * Empty lines at the end of the file are ignored; before a row they are errors. Lines may end with a comma
 * (run/export_width). A quote inside a text need not be doubled if the line's width allows only one reading
 * (csv_expect).
 *
 * Memory is constant: at most 2 MiB for the download (wire/http/download), and the largest record
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
    EXPORT_ROWS_PAUSE, /* the download broke off, proves nothing, was empty or not readable: call
                          export_rows_restart() next */
    EXPORT_ROWS_END,   /* there is no further row */
};

/* One row. The cells are CELL_TEXT or CELL_NULL (an empty value); run/export_dialect finds out what those
 * without quotes are. They and their bytes are borrowed until the next call. */
struct export_row {
    const struct cell *cells; /* in the order of the requested names */
    size_t count;             /* the number of names */
    uint64_t number;          /* in the file, counted from 1, the header not included */
    uint64_t line;            /* the line of the file in which the row begins, counted from 1 */
};

/*
 * Opens the export's file; export has status EXPORT_DOWNLOAD and a URL. names are the API's names, fields and
 * then metrics, each once. Both are borrowed until export_rows_release(). May make API requests. Returns NULL
 * on error; errors as from export_file_open().
 */
struct export_rows *export_rows_open(struct export *export, const struct text_list *names, struct err *err);

/* Ends the download if it is not finished, without waiting, and frees the rows. NULL is allowed. */
void export_rows_release(struct export_rows *rows);
void export_rows_cleanup(struct export_rows **rows);

/*
 * Waits for the next row. *row is only filled with EXPORT_ROWS_ROW. After EXPORT_ROWS_END the state stays so.
 * After an error the rows can only be released. The first call also reads the header, and warns, once, of
 * columns that were not requested.
 *
 * ERR_DATA, after a second download, for a header that does not fit (run/export_header), for bytes of another
 * format (run/export_format), for a file that is empty, or whose gzip stream is corrupt or incomplete; at
 * once, with the line of the file, for a record that is not as wide as the header or not CSV (wire/csv),
 * unless export_rows_repeat() finds that the file is damaged.
 * ERR_UNAVAILABLE for a file that seems cut and ends at the same byte again, and for one that differs from
 * the download before it more than api.retries times. ERR_LATER past the job's timeout; ERR_STOPPED. ERR_BUG
 * if export_rows_restart() was not called after a pause.
 */
MUST_CHECK bool export_rows_next(struct export_rows *rows, enum export_rows_state *state,
                                 struct export_row *row, struct err *err);

/*
 * To be called if a row, or what was made of it, is refused with err: finds out whether the download is
 * damaged. Only a gzip stream shows that, by the checksum at its end: the rest of it is read. True: it is, or
 * the download broke off, and the file is to be read once more: export_rows_restart() comes next; err is
 * clear. False: err is the error to report; of a file that was damaged twice it is the damage, and of one
 * whose rest cannot be read it is the reason.
 */
bool export_rows_repeat(struct export_rows *rows, struct err *err);

/* Whether names of the file's header are in quotes that they do not need. To be called after a row. */
bool export_rows_header_is_quoted(const struct export_rows *rows);

/*
 * To be called after EXPORT_ROWS_PAUSE: waits as long as the fault requires, and opens the file at its start
 * again. May make API requests. All earlier rows are void, and the next one is number 1 again. Errors as from
 * export_file_restart(); ERR_UNAVAILABLE if retries are used up.
 */
MUST_CHECK bool export_rows_restart(struct export_rows *rows, struct err *err);

/*
 * To be called after EXPORT_ROWS_END: why two equal downloads were needed to prove that the file is complete,
 * in words such as "its host tells no length". NULL: the transfer or a gzip stream has proved it.
 */
const char *export_rows_unproved_reason(const struct export_rows *rows);

#endif
