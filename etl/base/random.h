/*
 * Random numbers from the kernel, for jitter, identifiers and the secrets of a login. Any thread.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/err.h"

/* [0, 1). */
double random_fraction(void);

/* Fills bytes, at most 256 of them. ERR_UNAVAILABLE where the kernel gives no random bytes. */
MUST_CHECK bool random_bytes(unsigned char *bytes, size_t length, struct err *err);

/* A new UUID of version 4 as text, into UUID_TEXT bytes. Fails as random_bytes(). */
#define UUID_TEXT 37
MUST_CHECK bool random_uuid(char *out, struct err *err);

/* The UUID of version 4 that these random bytes make: 122 of their bits. Returns out. Pure. */
#define UUID_BYTES 16
const char *uuid_format(const unsigned char *bytes, char *out);

#endif
