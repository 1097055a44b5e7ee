/*
 * The identity of a row: `_row_key uuid`, 128 bits of a SHA-256 over the typed values of its key.
 *
 * Hashed are, each as one part: the contract number; first and last day of the window, where the table keeps
 * windows apart; then the key's values in the order of their API names' bytes, so that naming the fields in
 * another order changes nothing. A part is `N` for null, else `V`, its length in bytes in decimal, `:` and
 * its canonical text: numbers by decimal_canonical(), dates and times as ISO 8601 with `T`, without a
 * time of midnight and without zeros at the end of a fraction, booleans as true and false, text as it is. The
 * same row by query or by export, with 60 or 60.0, is the same row; null is a value like any other.
 *
 * 128 bits: among a billion rows the odds of any two sharing a key are below one in 10^20.
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

/* The parts that all rows of a chunk share; kept for every later row_key_begin(). */
void row_key_set_prefix(struct row_key *key, const char *const *parts, size_t count);

/* Starts a row, adds its key's values one by one, ends it with the bytes of the uuid. */
#define ROW_KEY_BYTES 16
void row_key_begin(struct row_key *key);
MUST_CHECK bool row_key_add(struct row_key *key, const struct value *value, enum column_type type,
                            struct err *err);
MUST_CHECK bool row_key_end(struct row_key *key, unsigned char *bytes, struct err *err);

#endif
