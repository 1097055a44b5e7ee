/*
 * Secrets at rest: AES-256-GCM of libcrypto, with a new random nonce for each text that is sealed.
 *
 * A sealed text is, as hexadecimal digits, one byte of version (1), the nonce (12 bytes), the ciphertext and
 * the tag (16 bytes). It opens only with the same key, and only for the same context.
 */
#ifndef WIRE_CRYPTO_SEAL_H
#define WIRE_CRYPTO_SEAL_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define SEAL_KEY_BYTES 32

/* 16 hexadecimal digits and a NUL. */
#define SEAL_KEY_ID 17

/* How many more digits than two a byte a sealed text has. */
#define SEAL_EXTRA_DIGITS ((size_t)58)

/* Wiped by seal_key_cleanup(). */
struct seal_key {
    unsigned char bytes[SEAL_KEY_BYTES];
    char id[SEAL_KEY_ID]; /* says which key it is, and nothing about it: the begin of an HMAC-SHA-256 */
};

/*
 * Reads a key: 32 bytes as they are, or the 64 hexadecimal digits or 44 characters of base64 of 32 bytes,
 * with blanks and line ends after them. False, with *key untouched, where it is none of these. Pure.
 */
MUST_CHECK bool seal_key_read(const char *bytes, size_t length, struct seal_key *key);
void seal_key_cleanup(struct seal_key *key);

/* Appends the sealed text. context is no secret. ERR_BUG where libcrypto fails, or sealed cannot hold it. */
MUST_CHECK bool seal(const struct seal_key *key, const char *context, const struct buf *plain,
                     struct buf *sealed, struct err *err);

/*
 * Appends the plain text, and nothing where it fails. False: the sealed text is damaged, or was sealed with
 * another key or for another context, or plain cannot hold it.
 */
MUST_CHECK bool seal_open(const struct seal_key *key, const char *context, const char *sealed,
                          struct buf *plain);

/* Appends as many random digits as the sealed text of so many bytes has: they open with no key. ERR_BUG. */
MUST_CHECK bool seal_put_filler(size_t plain_bytes, struct buf *sealed, struct err *err);

#endif
