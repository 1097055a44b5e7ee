/*
 * Which keys may have come before in a stream of keys, in fixed memory: a Bloom filter. A key that comes
 * twice is always a candidate; one that comes once hardly ever is, up to some millions of keys. So the
 * database need only look at the candidates to know that no key comes twice.
 */
#ifndef LOAD_KEY_FILTER_H
#define LOAD_KEY_FILTER_H

#include "base/macros.h"
#include "load/row_key.h"

#include <stdbool.h>
#include <stddef.h>

struct key_filter; /* opaque; takes KEY_FILTER_BYTES, as far as they are touched */

#define KEY_FILTER_BYTES ((size_t)4 << 20)
#define KEY_FILTER_MAX_CANDIDATES 2000

struct key_filter *key_filter_make(void);
void key_filter_release(struct key_filter *filter); /* NULL is allowed */

/* key: ROW_KEY_BYTES, any of which are as good as random. */
void key_filter_add(struct key_filter *filter, const unsigned char *key);

/* The candidates, one after the other, owned by the filter; false when there are too many to name. */
MUST_CHECK bool key_filter_candidates(const struct key_filter *filter, const unsigned char **keys,
                                      size_t *count);

#endif
