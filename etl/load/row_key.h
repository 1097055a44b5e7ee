/*
 * The identity of a row: `_row_key uuid`, 128 bits of a SHA-256 over the typed values of its key.
 *
 * These parts are hashed, in this order: the contract number; if the table has them, window_start and
 * window_end (the day after the window's last one; both are empty texts if the window is not bounded); then
 * the key's values in the byte order of their API names, so that the order of the fields in the job does not
 * matter. A part is `N` for null, else `V`, its length in bytes in decimal, `:`
 * and its canonical text: numbers by decimal_canonical(), dates and times as ISO 8601 with `T`, without a
 * time of midnight and without trailing zeros of a fraction, booleans as true and false, text unchanged. So a
 * row has the same key by query and by export, with 60 or 60.0. null is a value like any other.
 *
 * 128 bits: among a billion rows the probability that any two share a key is below one in 10^20.
 */
#ifndef LOAD_ROW_KEY_H
#define LOAD_ROW_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "job/catalogue.h"
#include "load/value.h"

struct row_key; /* opaque; used by one thread */

struct row_key *row_key_make(struct err *err);
void row_key_release(struct row_key *key); /* NULL is allowed */

/* Sets the parts that all rows of a chunk share, for every later row_key_begin(). */
void row_key_set_prefix(struct row_key *key, const char *const *parts, size_t count);

/* Begin a row, add the values of its key one by one, and end it with the bytes of the uuid. */
#define ROW_KEY_BYTES 16
void row_key_begin(struct row_key *key);
MUST_CHECK bool row_key_add(struct row_key *key, const struct value *value, enum column_type type,
                            struct err *err);
MUST_CHECK bool row_key_end(struct row_key *key, unsigned char *bytes, struct err *err);

#endif
