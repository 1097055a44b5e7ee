/*
 * The answer to a submitted or polled query: its status, and the page of rows that it may carry.
 *
 * An answer is read twice. answer_read() walks the whole body once, so that a truncated or invalid body is
 * detected before any row is used, whatever the order of its members; answer_next_row() then hands out the
 * rows, from the body's own bytes. Token Flex API, "Query: submit, poll, page".
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/cell.h"
#include "wire/json/json_reader.h"

#include <stdint.h>

enum query_status {
    QUERY_QUEUED,
    QUERY_PROCESSING,
    QUERY_DONE,
    QUERY_FAILED,
    QUERY_TIMEOUT,
    QUERY_EXPIRED,
};

#define ANSWER_UNNAMED UINT64_MAX

struct answer {
    enum query_status status;
    const char *id;         /* NULL where the answer has none */
    const char *detail_uri; /* NULL where the answer has none */
    const char *message;    /* the service's message about a failure; NULL: none */

    bool has_result; /* the result is complete: it has columns, rows and total, which are the fields below */
    struct text_list columns;
    uint64_t total;
    uint64_t offset; /* ANSWER_UNNAMED: the answer does not state it */
    uint64_t limit;  /* ANSWER_UNNAMED: the answer does not state it */
    uint64_t row_count;

    /* Private: the position of the rows' array in the body. */
    size_t rows_at;
    size_t rows_length;
};

struct answer_source {
    struct buf *body;
    uint64_t offset; /* the requested offset: the first row in messages is this plus one */
    struct arena *arena;
};

/*
 * Reads a body without changing it. Texts live in the arena. ERR_UNAVAILABLE when the body is not a JSON
 * object or is truncated: a repeated request may help. ERR_DATA when it lacks what an answer must have (a
 * known status; columns, rows and total in the result of a DONE answer) or a member has a wrong type; also
 * when the inside of a row is not JSON: the error names row and column.
 */
MUST_CHECK bool answer_read(const struct answer_source *source, struct answer *answer, struct err *err);

const char *query_status_name(enum query_status status);

/* The rows of one answer. The body is changed by reading, and must stay where it is. */
struct answer_rows {
    struct json_reader reader;
    struct cell *cells; /* of the row just read; room for `width` */
    size_t width;
};

/* Starts reading the rows of a body that answer_read() has accepted; cells is the caller's, with room for
 * width. */
MUST_CHECK bool answer_rows_begin(struct answer_rows *rows, const struct answer *answer, struct buf *body,
                                  struct cell *cells, size_t width, struct err *err);

/*
 * Reads the cells of the next row into rows->cells. *count is the number of cells in the row; it may exceed
 * width, but no more than width cells are stored. *done: there was no further row. ERR_DATA when a row is not
 * a list of plain values.
 */
MUST_CHECK bool answer_next_row(struct answer_rows *rows, size_t *count, bool *done, struct err *err);

#endif
