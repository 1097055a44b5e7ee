/*
 * UTF-8, and what a name keeps of a text: letters of any script. Tables of our own, because a name must come
 * out the same on every host, whatever its locale and C library.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the character that begins at bytes, which has `left` bytes to its end; 0 if it is not
 * well-formed. */
size_t utf8_length(const char *bytes, size_t left);

/* The code point of a well-formed character of this length. */
uint32_t utf8_point(const char *bytes, size_t length);

/* Writes a code point as up to UTF8_BYTES bytes, without NUL. Returns their number. */
#define UTF8_BYTES 4
size_t utf8_put(uint32_t point, char out[UTF8_BYTES]);

/* Whether a name keeps the character: an ASCII letter or digit, or what is past ASCII and is neither
 * punctuation, a symbol, a blank nor invisible. */
bool utf8_is_letter(uint32_t point);

/*
 * Whether a terminal or a reader of logs takes it for a character and no more: not for a control (C0, DEL,
 * C1), the end of a line (U+2028, U+2029), a mark that turns the direction of writing, a byte order mark, or
 * a code point that ends in FFFE or FFFF.
 */
bool utf8_is_harmless(uint32_t point);

/* Whether it is an upper-case letter that utf8_lower() knows. */
bool utf8_is_upper(uint32_t point);

/* Its lower case. Known are Latin (ASCII, Latin-1, Extended-A and Extended Additional), full-width Latin,
 * basic Greek, Cyrillic and Armenian; any other character is returned as it is. */
uint32_t utf8_lower(uint32_t point);

#endif
