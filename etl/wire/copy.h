/*
 * The one encoder of PostgreSQL's COPY text format (PostgreSQL manual, COPY, "Text Format").
 *
 * A row is values separated by copy_next() and ended by copy_end_row(). Appends to a bounded buffer; every
 * function returns false when the buffer's ceiling would be passed, with nothing appended.
 */
#ifndef WIRE_COPY_H
#define WIRE_COPY_H

#include "base/buf.h"

/*
 * Text with backslash and the control characters that COPY knows (\b \f \n \r \t \v) escaped. All other bytes
 * pass as they are: text without NUL, in UTF-8, is what the callers bring.
 */
MUST_CHECK bool copy_put_text(struct buf *buf, const char *bytes, size_t length);

/* Bytes that are known to need no escaping: digits, dates, hexadecimal. */
MUST_CHECK bool copy_put_plain(struct buf *buf, const char *bytes, size_t length);

MUST_CHECK bool copy_put_null(struct buf *buf);
MUST_CHECK bool copy_next(struct buf *buf);
MUST_CHECK bool copy_end_row(struct buf *buf);

#endif
