/*
 * The one encoder of PostgreSQL's COPY binary format (PostgreSQL manual, COPY, "Binary Format"): the server
 * reads these values without parsing text.
 *
 * copy_begin(), then rows: copy_begin_row() and one value a column; copy_end(). Each value must have exactly
 * the type of its column. Appends to a bounded buffer; every function returns false, with nothing appended,
 * when the buffer's ceiling would be passed; copy_put_numeric() also without memory.
 */
#ifndef WIRE_PG_COPY_FORMAT_H
#define WIRE_PG_COPY_FORMAT_H

#include "base/buf.h"
#include "base/date.h"

#include <stdint.h>

MUST_CHECK bool copy_begin(struct buf *buf);
MUST_CHECK bool copy_begin_row(struct buf *buf, size_t columns);
MUST_CHECK bool copy_end(struct buf *buf);

MUST_CHECK bool copy_put_null(struct buf *buf);

/* Text without NUL, in the session's client_encoding, which wire/pg sets to UTF-8; the server checks it. */
MUST_CHECK bool copy_put_text(struct buf *buf, const char *bytes, size_t length);

MUST_CHECK bool copy_put_boolean(struct buf *buf, bool value);
MUST_CHECK bool copy_put_bigint(struct buf *buf, int64_t value);
MUST_CHECK bool copy_put_date(struct buf *buf, date_t date);

/* A timestamp (timestamptz: UTC): microseconds since 1970-01-01T00:00:00. */
MUST_CHECK bool copy_put_timestamp(struct buf *buf, int64_t moment_us);

#define COPY_UUID_BYTES 16
MUST_CHECK bool copy_put_uuid(struct buf *buf, const unsigned char *bytes);

/*
 * All digits of a JSON number, also the zeros at the end of its fraction. A number with an exponent is
 * written in its canonical form (base/decimal). The number has to fit: copy_numeric_fits().
 */
MUST_CHECK bool copy_put_numeric(struct buf *buf, const char *bytes, size_t length);

/* Whether PostgreSQL's numeric holds a JSON number to the last digit: 131,072 digits before the point, 16,383
 * behind; with an exponent DECIMAL_CANONICAL in all. */
bool copy_numeric_fits(const char *bytes, size_t length);

#endif
