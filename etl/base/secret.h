/*
 * The secrets that this process knows, so that no message repeats one: client secret, tokens, authorization
 * codes, the database's password, presigned addresses. What comes from outside may echo any of them.
 *
 * A secret is registered here as soon as it is read; text_excerpt() then replaces it in every text. Shared by
 * all threads. Secrets shorter than SECRET_MIN_BYTES cannot be distinguished from common words and are not
 * replaced.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MIN_BYTES 4

/* Shorter secrets are found only where no letter, digit, `_` or `-` is beside them: `secret`, but not
 * `secrets`. */
#define SECRET_WORD_BYTES 12

/* Known until the process ends; for secrets of the settings. NULL and "" are ignored. After the first 16
 * secrets, each further one is kept like those of secret_remember_temporary(). */
void secret_remember(const char *secret);

/* Known until SECRET_MAX_TEMPORARY later ones have been registered; for tokens and codes, which live for an
 * hour or less.
 */
#define SECRET_MAX_TEMPORARY 64
void secret_remember_temporary(const char *secret);

/* Registers a presigned address, and the value of each of its parameters of 16 bytes or more. An address
 * without a query is not registered. Addresses and their values are known until SECRET_MAX_TEMPORARY later
 * ones have been registered. They are counted apart from tokens, so that many exports displace no token. */
void secret_remember_address(const char *url);

/*
 * How many bytes of text, from `at` on, are a known secret; 0 where no secret begins there. A secret is found
 * as it is, percent-encoded (once or twice), with backslashes as in JSON, and within base64 (of either
 * alphabet, also if other text was encoded with it, such as `id:secret` of a Basic header). At the end of the
 * text, where a secret may have been cut, its first SECRET_CUT_BYTES or more are enough, except for an
 * address and for a secret that begins with a date.
 */
#define SECRET_CUT_BYTES 10
size_t secret_length_at(const char *text, size_t length, size_t at);

#endif
