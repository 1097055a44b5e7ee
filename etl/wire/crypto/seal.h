/*
 * Encryption of stored secrets: AES-256-GCM of libcrypto, with a new random nonce for each text.
 *
 * A sealed text is, in hexadecimal digits: one byte of version (1), the nonce (12 bytes), the ciphertext and
 * the tag (16 bytes). It can be decrypted only with the same key and the same context.
 */
#ifndef WIRE_CRYPTO_SEAL_H
#define WIRE_CRYPTO_SEAL_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define SEAL_KEY_BYTES 32

/* 16 hexadecimal digits and a NUL. */
#define SEAL_KEY_ID 17

/* The length of a sealed text is this plus two digits for each byte of the plain text. */
#define SEAL_EXTRA_DIGITS ((size_t)58)

/* Wiped by seal_key_cleanup(). */
struct seal_key {
    unsigned char bytes[SEAL_KEY_BYTES];
    char id[SEAL_KEY_ID]; /* identifies the key: the start of an HMAC-SHA-256 of a fixed text */
};

/*
 * Reads a key: 32 bytes as they are, or the 64 hexadecimal digits or 44 characters of base64 of 32 bytes,
 * with blanks and line ends after them. False, with *key unchanged, for anything else. Pure.
 */
MUST_CHECK bool seal_key_read(const char *bytes, size_t length, struct seal_key *key);
void seal_key_cleanup(struct seal_key *key);

/* Appends the sealed text. context is not secret. ERR_BUG if libcrypto fails, or `sealed` has no room. */
MUST_CHECK bool seal(const struct seal_key *key, const char *context, const struct buf *plain,
                     struct buf *sealed, struct err *err);

/*
 * Appends the plain text. False, with nothing appended: the sealed text is damaged, or has another key or
 * context, or `plain` has no room.
 */
MUST_CHECK bool seal_open(const struct seal_key *key, const char *context, const char *sealed,
                          struct buf *plain);

/* Appends random digits, as many as a sealed text of plain_bytes has. No key can decrypt them. ERR_BUG. */
MUST_CHECK bool seal_put_filler(size_t plain_bytes, struct buf *sealed, struct err *err);

#endif
