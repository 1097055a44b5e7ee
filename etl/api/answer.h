/*
 * The answer to a submitted or polled query: its status, and the page of rows that it may carry.
 *
 * answer_read() reads the whole body, so that a truncated or invalid body is detected before any row is used,
 * whatever the order of its members, and notes where each value of a row is. answer_next_row() then hands out
 * the rows, from the body's own bytes. Token Flex API, "Query: submit, poll, page".
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

    /* Private: row after row, the number of its values and the position of each value in the body. */
    uint64_t *places;
    size_t place_count;
    size_t place_room;
};

void answer_release(struct answer *answer);

struct answer_source {
    struct buf *body;
    uint64_t offset; /* the requested offset: the first row in messages is this plus one */
    struct arena *arena;
};

/* The largest body that can be read. */
#define ANSWER_MAX_BYTES (((size_t)1 << 29) - 1)

/* The largest number of rows that an answer may state. */
#define ANSWER_MAX_COUNT UINT64_C(1000000000000)

/* The values of a row that are kept, as many as a table can have columns. Further ones are counted. */
#define ANSWER_MAX_VALUES 1600

/*
 * Reads a body, which is changed: strings are unescaped in place. Texts live in the arena. ERR_UNAVAILABLE
 * when the body is not a JSON object or is truncated: a repeated request may help. ERR_DATA when it lacks
 * what an answer must have (a known status; columns, rows and total in the result of a DONE answer) or a
 * member has a wrong type; also when the inside of a row is not JSON: the error names row and column. The
 * caller releases the answer, also after an error.
 */
MUST_CHECK bool answer_read(const struct answer_source *source, struct answer *answer, struct err *err);

const char *query_status_name(enum query_status status);

/* Reads the rows of an answer, any number of times. The answer and its body are borrowed. */
struct answer_rows {
    const struct answer *answer;
    const char *body;
    size_t next;        /* place */
    struct cell *cells; /* of the row just read; room for `width` */
    size_t width;
};

/* Starts before the first row; cells is the caller's, with room for width. */
struct answer_rows answer_rows_begin(const struct answer *answer, const struct buf *body, struct cell *cells,
                                     size_t width);

/* Reads the values of the next row into rows->cells. *count is the number of values in the row; it may exceed
 * width, but no more than width are stored. Returns false if there is no further row. */
bool answer_next_row(struct answer_rows *rows, size_t *count);

#endif
