/* Small texts: percent and base64 codes, form bodies, random names, hashes. */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes %XX, and + as a blank when asked. The caller frees. */
char *text_percent_decode(const char *text, size_t length, bool plus_is_blank);

/* The decoded value of `name` in a=b&c=d, or NULL. The caller frees. */
char *text_form_get(const char *form, const char *name);
/* The same as a whole number; `otherwise` where it is absent, false where it is no number. */
bool text_form_number(const char *form, const char *name, int64_t otherwise, int64_t *number);

/* Decodes standard base64; NULL when it is none. The caller frees. */
char *text_base64_decode(const char *text);

/* base64url without padding of the SHA-256 of text: the S256 code challenge. The caller frees. */
char *text_code_challenge(const char *verifier);

/* 2 * bytes random hexadecimal digits. The caller frees. */
char *text_random_hex(size_t bytes);

/* A well-mixed 64-bit value of a text, or of a number. */
uint64_t text_hash(const char *text);
uint64_t text_mix(uint64_t value);

/* Whether `word` is one of the blank-separated words of `words`. */
bool text_has_word(const char *words, const char *word);

/* A decimal number in thousandths: -12.5 is -12500. Digits past the third are dropped. */
int64_t text_thousandths(const char *number);

#endif
