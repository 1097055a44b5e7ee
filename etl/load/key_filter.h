/*
 * A Bloom filter that finds, in fixed memory, which keys of a stream may occur twice. A key that occurs twice
 * is always a candidate; one that occurs once is rarely a candidate, up to some millions of keys. So the
 * database only has to check the candidates to prove that no key occurs twice: to group a million keys takes
 * it two seconds.
 */
#ifndef LOAD_KEY_FILTER_H
#define LOAD_KEY_FILTER_H

#include "base/macros.h"
#include "load/row_key.h"

#include <stdbool.h>
#include <stddef.h>

struct key_filter; /* opaque; reserves KEY_FILTER_BYTES, of which only touched pages use memory */

#define KEY_FILTER_BYTES ((size_t)6 << 20)
#define KEY_FILTER_MAX_CANDIDATES 2000

struct key_filter *key_filter_make(void);
void key_filter_release(struct key_filter *filter); /* NULL is allowed */

/* key: ROW_KEY_BYTES; its bytes must be distributed like random ones. */
void key_filter_add(struct key_filter *filter, const unsigned char *key);

/* The candidates, one after the other, owned by the filter; false if there are too many to list. */
MUST_CHECK bool key_filter_candidates(struct key_filter *filter, const unsigned char **keys, size_t *count);

#endif
