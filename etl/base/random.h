/*
 * Random numbers from the kernel, for jitter and identifiers. Nothing secret depends on them. Any thread.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/err.h"

/* [0, 1). */
double random_fraction(void);

/* A new UUID of version 4 as text, into UUID_TEXT bytes. ERR_UNAVAILABLE where the kernel gives no random
 * bytes. */
#define UUID_TEXT 37
MUST_CHECK bool random_uuid(char *out, struct err *err);

/* The UUID of version 4 that these random bytes make: 122 of their bits. Returns out. Pure. */
#define UUID_BYTES 16
const char *uuid_format(const unsigned char *bytes, char *out);

#endif
