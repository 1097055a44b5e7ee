#include "run/export_rows.h"

#include "api/export_file.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/export_format.h"
#include "run/export_header.h"
#include "run/export_width.h"
#include "wire/csv/csv.h"
#include "wire/http/inflate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Facts about one download of the file, to compare it with another one. */
struct copy {
    uint64_t bytes;
    uint64_t rows;
    uint32_t checksum; /* over the bytes */
};

struct export_rows {
    const struct text_list *names;
    struct export_file file;
    struct cell *cells; /* for one row */
    bool paused;
    bool warned; /* the warning about columns that were not requested was logged */
    const char
        *unproved_reason; /* why only another download can prove the end of the file; NULL: it is proved */
    struct copy copy;     /* the last download that ended without proof */
    bool has_copy;        /* `copy` is set */
    bool must_compare;    /* the pause is for downloading the whole file again */
    unsigned mismatches;  /* how many copies differed from the one before */
    bool was_empty;       /* a download was empty and has been repeated once */
    bool was_unreadable;  /* a download was no CSV file, and has been repeated once */

    /* State since the file was last read from its start. */
    struct inflate *inflate;
    struct csv_reader *csv;
    struct arena *arena; /* owns the header */
    struct export_header header;
    struct export_width width;
    bool has_header;
    uint64_t
        empty_line; /* the first empty line after the header, which only empty lines may follow; 0: none */
    char first_bytes[EXPORT_FORMAT_BYTES]; /* the decompressed bytes known so far */
    size_t first_count;
    char last_byte; /* the last decompressed byte; NUL before the first */
    bool ended;     /* no byte follows */
    uint64_t number;
};

static void forget(struct export_rows *rows)
{
    inflate_release(rows->inflate);
    csv_reader_release(rows->csv);
    arena_release(rows->arena);
    rows->inflate = NULL;
    rows->csv = NULL;
    rows->arena = NULL;
}

static void start(struct export_rows *rows)
{
    rows->inflate = inflate_make();
    rows->csv = csv_reader_make(CSV_MAX_RECORD_BYTES);
    rows->arena = arena_make();
    rows->has_header = false;
    rows->empty_line = 0;
    rows->first_count = 0;
    rows->last_byte = '\0';
    rows->ended = false;
    rows->number = 0;
}

struct export_rows *export_rows_open(struct export *export, const struct text_list *names, struct err *err)
{
    struct export_rows *rows = mem_alloc(1, sizeof *rows);
    rows->names = names;
    rows->file = export_file_make(export);
    rows->cells = mem_alloc(names->count, sizeof *rows->cells);
    start(rows);
    if (export_file_open(&rows->file, err))
        return rows;
    export_rows_release(rows);
    return NULL;
}

void export_rows_release(struct export_rows *rows)
{
    if (!rows)
        return;
    export_file_cleanup(&rows->file);
    forget(rows);
    free(rows->cells);
    free(rows);
}

void export_rows_cleanup(struct export_rows **rows)
{
    export_rows_release(*rows);
}

/* Whether nothing seems to be missing at the end of the content; false: err says what is. */
static bool seems_complete(const struct export_rows *rows, struct err *err)
{
    if (!inflate_end(rows->inflate, err))
        return false;
    if (csv_is_in_quotes(rows->csv))
        return err_set(err, ERR_UNAVAILABLE, "a quote is left open");
    if (rows->last_byte != '\n')
        return err_set(err, ERR_UNAVAILABLE, "the last line has no line end");
    return true;
}

static bool fail_cut(const struct export_rows *rows, const struct err *lack, struct err *err)
{
    err_set(err, ERR_UNAVAILABLE,
            "the export's file ends after %" PRIu64 " bytes, twice, but seems cut there: %s",
            rows->copy.bytes, lack->text);
    return err_hint(err, "%s; check the proxy, if there is one (https_proxy)", rows->unproved_reason);
}

static bool fail_unequal(const struct export_rows *rows, const struct copy *copy, struct err *err)
{
    err_set(err, ERR_UNAVAILABLE,
            "the export's file is different in each download: %" PRIu64 " bytes, %" PRIu64
            " rows, before that %" PRIu64 " bytes, %" PRIu64 " rows; %s",
            copy->bytes, copy->rows, rows->copy.bytes, rows->copy.rows, rows->unproved_reason);
    return err_hint(err, "check the proxy, if there is one (https_proxy)");
}

static bool end_records(struct export_rows *rows)
{
    rows->ended = true;
    csv_end(rows->csv);
    return true;
}

/* Ends a download that proves nothing. The content can only show that the file is incomplete, not that it is
 * complete. */
static bool end_unproved(struct export_rows *rows, struct err *err)
{
    struct err lack;
    const struct export_file *file = &rows->file;
    struct copy copy = {file->offset, rows->number, file->checksum};
    bool seems_whole = seems_complete(rows, &lack);
    bool same = rows->has_copy && copy.bytes == rows->copy.bytes && copy.rows == rows->copy.rows &&
                copy.checksum == rows->copy.checksum;
    if (same && !seems_whole)
        return fail_cut(rows, &lack, err);
    if (same)
        return end_records(rows);
    rows->mismatches += rows->has_copy && seems_whole;
    if (rows->mismatches > file->export->api->settings->api.retries)
        return fail_unequal(rows, &copy, err);
    if (seems_whole)
        log_info("export-again",
                 "the export's file was downloaded, %" PRIu64
                 " bytes, but %s: downloading it again to compare",
                 copy.bytes, rows->unproved_reason);
    else
        log_debug("export-short", "the export's file ends after %" PRIu64 " bytes and seems cut: %s",
                  copy.bytes, lack.text);
    rows->copy = copy;
    rows->has_copy = true;
    rows->must_compare = seems_whole;
    rows->paused = true;
    return true;
}

/* An object store may list the name of a file before it has its bytes. */
static bool pause_empty(struct export_rows *rows)
{
    log_info("export-again", "the export's file has 0 bytes: downloading it again");
    rows->was_empty = true;
    rows->must_compare = true;
    rows->paused = true;
    return true;
}

/* A host or a proxy under maintenance may answer with a page of its own: the file is downloaded once more.
 * false: that has been done, and err stays. */
static bool pause_unreadable(struct export_rows *rows, struct err *err)
{
    if (rows->was_unreadable)
        return false;
    log_info("export-again", "%s: downloading it again", err->text);
    err_clear(err);
    rows->was_unreadable = true;
    rows->must_compare = true;
    rows->paused = true;
    return true;
}

/* The error of a download that ended, but not its gzip stream. */
static bool fail_incomplete(const struct err *lack, struct err *err)
{
    return err_set(err, ERR_DATA, "the export's file was downloaded completely, but %s", lack->text);
}

/* Handles the end of a transfer. */
static bool end(struct export_rows *rows, const struct export_block *block, struct err *err)
{
    struct err lack;
    if (block->proved && rows->file.offset == 0 && !rows->was_empty)
        return pause_empty(rows);
    bool complete = inflate_end(rows->inflate, &lack);
    if (block->proved && !complete) {
        (void)fail_incomplete(&lack, err);
        return pause_unreadable(rows, err);
    }
    bool proved = block->proved || inflate_is_proved(rows->inflate);
    rows->unproved_reason = proved ? NULL : block->unproved_reason;
    return proved ? end_records(rows) : end_unproved(rows, err);
}

/* Passes decompressed bytes to the CSV reader, unless the first of them show that the file is not CSV. */
static bool feed_reader(struct export_rows *rows, const char *bytes, size_t length, struct err *err)
{
    size_t missing = EXPORT_FORMAT_BYTES - rows->first_count;
    size_t taken = length < missing ? length : missing;
    memcpy(rows->first_bytes + rows->first_count, bytes, taken);
    rows->first_count += taken;
    const char *format = taken > 0 ? export_format_of(rows->first_bytes, rows->first_count) : NULL;
    if (format) {
        err_set(err, ERR_DATA, "the export's file is %s", format);
        return pause_unreadable(rows, err);
    }
    rows->last_byte = bytes[length - 1];
    csv_feed(rows->csv, bytes, length);
    return true;
}

enum piece {
    PIECE_BYTES,   /* decompressed bytes of the file */
    PIECE_CUT,     /* the download has broken off */
    PIECE_END,     /* the transfer has ended */
    PIECE_DAMAGED, /* the gzip stream is corrupt; err is filled */
    PIECE_FAILED,  /* err is filled */
};

/* Reads the next piece of the file. bytes and length are filled with PIECE_BYTES, *block with PIECE_END. */
static enum piece read_piece(struct export_rows *rows, const char **bytes, size_t *length,
                             struct export_block *block, struct err *err)
{
    for (;;) {
        switch (inflate_next(rows->inflate, bytes, length, err)) {
        case INFLATE_FAILED:
            err_wrap(err, "the export's file");
            return PIECE_DAMAGED;
        case INFLATE_BLOCK:
            return PIECE_BYTES;
        case INFLATE_MORE:
            break;
        }
        if (!export_file_read(&rows->file, block, err))
            return PIECE_FAILED;
        switch (block->kind) {
        case EXPORT_BYTES:
            inflate_feed(rows->inflate, block->bytes, block->length);
            break;
        case EXPORT_CUT:
            return PIECE_CUT;
        case EXPORT_END:
            return PIECE_END;
        }
    }
}

/* Feeds the CSV reader with the next bytes, or with the end of the file; or pauses. */
static bool feed_csv_reader(struct export_rows *rows, struct err *err)
{
    const char *bytes;
    size_t length;
    struct export_block block;
    switch (read_piece(rows, &bytes, &length, &block, err)) {
    case PIECE_BYTES:
        return feed_reader(rows, bytes, length, err);
    case PIECE_CUT:
        rows->paused = true;
        return true;
    case PIECE_END:
        return end(rows, &block, err);
    case PIECE_DAMAGED:
        return pause_unreadable(rows, err);
    case PIECE_FAILED:
        break;
    }
    return false;
}

static bool read_header(struct export_rows *rows, const struct csv_record *record, struct err *err)
{
    if (!export_header_match(rows->names, record, rows->arena, &rows->header, err))
        return err_wrap(err, "the export's file");
    rows->has_header = true;
    rows->width = (struct export_width){rows->header.width, rows->header.final_comma, EXPORT_COMMA_UNKNOWN};
    csv_expect(rows->csv, rows->header.width, rows->header.final_comma);
    if (rows->warned || rows->header.extra.count == 0)
        return true;
    SCOPED(buf) struct buf extra = buf_make(BUF_OWN_TEXT);
    export_header_put_names(&extra, &rows->header.extra);
    log_warn("export-columns", "the export's file has columns that the job did not request, left out: %s",
             buf_text(&extra));
    rows->warned = true;
    return true;
}

static bool check_width(struct export_rows *rows, const struct csv_record *record, struct err *err)
{
    const struct export_header *header = &rows->header;
    size_t expected = header->width + header->final_comma;
    bool last_is_empty = record->cells[record->count - 1].length == 0;
    bool was_unknown = rows->width.records == EXPORT_COMMA_UNKNOWN;
    bool fits = export_width_fits(&rows->width, record->count, last_is_empty);
    if (fits && was_unknown)
        csv_expect(rows->csv, header->width, export_width_has_comma(&rows->width));
    if (!fits && record->count != expected)
        return err_set(err, ERR_DATA, "the export's file: line %" PRIu64 ": %zu value%s, the header has %zu",
                       record->line, record->count, record->count == 1 ? "" : "s", expected);
    if (!fits && header->final_comma)
        return err_set(err, ERR_DATA,
                       "the export's file: line %" PRIu64 ": a value in a column without a name",
                       record->line);
    return fits || err_set(err, ERR_DATA,
                           "the export's file: line %" PRIu64 ": a value is missing, or the final comma that "
                           "other lines have",
                           record->line);
}

/* The value at the end of the file may have lost digits if nothing follows it, but a comma follows the last
 * value of the other lines. */
static bool check_not_cut(const struct export_rows *rows, const struct csv_record *record, struct err *err)
{
    bool is_last = rows->ended && rows->last_byte != '\n';
    bool has_comma = record->count > rows->header.width;
    return !is_last || has_comma || !export_width_has_comma(&rows->width) ||
           err_set(err, ERR_DATA,
                   "the export's file: line %" PRIu64
                   ", the last, seems cut: it has neither the final comma that "
                   "other lines have nor a line end",
                   record->line);
}

/* Empty lines at the end of the file are no rows: the line of a row has at least a comma. */
static bool is_empty_line(const struct export_rows *rows, const struct csv_record *record)
{
    const struct cell *first = &record->cells[0];
    return rows->header.width > 1 && record->count == 1 && first->length == 0 && !first->is_quoted;
}

static bool check_no_empty_line(const struct export_rows *rows, const struct csv_record *record,
                                struct err *err)
{
    return rows->empty_line == 0 ||
           err_set(err, ERR_DATA, "the export's file: line %" PRIu64 " is empty, but line %" PRIu64 " is not",
                   rows->empty_line, record->line);
}

/* A value in a column without a name may mean that the values of the row are shifted. */
static bool check_nameless(const struct export_rows *rows, const struct csv_record *record, struct err *err)
{
    const struct export_header *header = &rows->header;
    for (size_t i = 0; i < header->nameless_count; i++)
        if (record->cells[header->nameless[i]].length > 0)
            return err_set(err, ERR_DATA,
                           "the export's file: line %" PRIu64 ": a value in a column without a name",
                           record->line);
    return true;
}

static bool return_row(struct export_rows *rows, const struct csv_record *record, struct export_row *row,
                       struct err *err)
{
    const struct export_header *header = &rows->header;
    if (!check_no_empty_line(rows, record, err) || !check_not_cut(rows, record, err) ||
        !check_width(rows, record, err) || !check_nameless(rows, record, err))
        return false;
    for (size_t i = 0; i < header->count; i++)
        rows->cells[i] = record->cells[header->places[i]];
    rows->number++;
    *row = (struct export_row){rows->cells, header->count, rows->number, record->line};
    return true;
}

/* The end of a gzip file that was read for its checksum. A stream that ends early is damaged if the transfer
 * is proved; else the download has broken off. */
static bool check_end(struct export_rows *rows, const struct export_block *block, struct err *err)
{
    struct err lack;
    if (inflate_end(rows->inflate, &lack))
        return true;
    rows->paused = !block->proved;
    return block->proved ? fail_incomplete(&lack, err) : false;
}

/* Reads the rest of the file for its checksum. False, with the error, if the file is damaged or cannot be
 * read; without an error, but with a pause, if the download broke off. */
static bool read_rest(struct export_rows *rows, struct err *err)
{
    for (;;) {
        const char *bytes;
        size_t length;
        struct export_block block;
        switch (read_piece(rows, &bytes, &length, &block, err)) {
        case PIECE_BYTES:
            continue;
        case PIECE_CUT:
            rows->paused = true;
            return false;
        case PIECE_END:
            return check_end(rows, &block, err);
        case PIECE_DAMAGED:
        case PIECE_FAILED:
            return false;
        }
    }
}

bool export_rows_repeat(struct export_rows *rows, struct err *err)
{
    struct err found = {0};
    bool is_of_data = err->kind == ERR_DATA || err->kind == ERR_CONFIG;
    if (!is_of_data || rows->paused || rows->ended || !inflate_is_gzip(rows->inflate) ||
        read_rest(rows, &found))
        return false;
    log_debug("export-row-refused", "%s", err->text);
    *err = found;
    return rows->paused || (found.kind == ERR_DATA && pause_unreadable(rows, err));
}

bool export_rows_next(struct export_rows *rows, enum export_rows_state *state, struct export_row *row,
                      struct err *err)
{
    struct csv_record record;
    if (rows->paused)
        return err_set(err, ERR_BUG, "an export's file was read on during its pause");
    for (;;) {
        switch (csv_next(rows->csv, &record, err)) {
        case CSV_FAILED:
            *state = EXPORT_ROWS_PAUSE;
            err_wrap(err, "the export's file");
            return rows->has_header ? export_rows_repeat(rows, err) : pause_unreadable(rows, err);
        case CSV_RECORD:
            if (!rows->has_header) {
                *state = EXPORT_ROWS_PAUSE;
                if (!read_header(rows, &record, err))
                    return pause_unreadable(rows, err);
                break;
            }
            *state = EXPORT_ROWS_ROW;
            if (!is_empty_line(rows, &record)) {
                if (return_row(rows, &record, row, err))
                    return true;
                *state = EXPORT_ROWS_PAUSE;
                return export_rows_repeat(rows, err);
            }
            if (rows->empty_line == 0)
                rows->empty_line = record.line;
            break;
        case CSV_MORE:
            *state = EXPORT_ROWS_PAUSE;
            if (!feed_csv_reader(rows, err))
                return false;
            if (rows->paused)
                return true;
            break;
        case CSV_END:
            *state = EXPORT_ROWS_END;
            return rows->has_header ||
                   err_set(err, ERR_DATA, "the export's file is empty: it has not even a header");
        }
    }
}

bool export_rows_header_is_quoted(const struct export_rows *rows)
{
    return rows->header.is_quoted;
}

bool export_rows_restart(struct export_rows *rows, struct err *err)
{
    if (!rows->paused)
        return err_set(err, ERR_BUG, "an export's file was to be read again without a pause");
    if (!(rows->must_compare ? export_file_again(&rows->file, err) : export_file_restart(&rows->file, err)))
        return false;
    rows->paused = false;
    rows->must_compare = false;
    forget(rows);
    start(rows);
    return true;
}

const char *export_rows_unproved_reason(const struct export_rows *rows)
{
    return rows->unproved_reason;
}
