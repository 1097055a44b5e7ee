/*
 * Small things about text: comparing, naming, UTF-8.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of strings. The owner is stated where such a list is held. */
struct text_list {
    const char **items;
    size_t count;
};

bool text_equal(const char *left, const char *right);
bool text_starts_with(const char *text, const char *prefix);

/* Whether list holds item exactly. */
bool text_list_has(const struct text_list *list, const char *item);

/* Whether `lines` has a line that equals the first line of `line`. A line ends at a newline or NUL. */
bool text_has_line(const char *lines, const char *line);

/* Whether two names are the same without regard to ASCII case, spaces, `_` and `-`. */
bool text_same_name(const char *left, const char *right);

/*
 * camelCase to snake_case, as target columns are called: `usageDate` → `usage_date`, `chargedItemID` →
 * `charged_item_id`, `customField1` → `custom_field1`. Letters of any script stay, in lower case where
 * utf8_lower() knows one (`Größe` → `größe`, `地理` → `地理`); what is no letter or digit becomes one `_`; a
 * name that would begin with a digit gets a `_` in front. Writes at most size bytes, always whole characters
 * and ended with NUL; returns false when the name did not fit.
 */
MUST_CHECK bool text_snake_case(const char *name, char *out, size_t size);

/* The number of edits (insert, delete, replace, swap of neighbours) from one to the other, capped at `most`.
 */
size_t text_distance(const char *left, const char *right, size_t most);

/* The candidate with the smallest edit distance to word if that is small enough for a spelling mistake, else
 * the only one that begins or ends with it (`tokens`: tokensConsumed), else NULL.
 */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms, nothing past U+10FFFF). */
bool text_is_utf8(const char *bytes, size_t length);

/* Drops an incomplete character at the end. */
void text_trim_broken_utf8(char *text);

/*
 * A decimal integer without sign, blanks or anything behind it.
 * False when it is none, or larger than most; *value is untouched then.
 */
MUST_CHECK bool text_to_uint(const char *text, uint64_t most, uint64_t *value);

/*
 * The gate for every text that is not the program's own (of the service, the database, a file, a command
 * line) on its way to a log, an error, a table for people, a terminal, a metric or a ping.
 *
 * What a terminal or a reader of logs would act on becomes `?`: control characters (C0, DEL, C1), whatever
 * ends a line somewhere (U+2028, U+2029), marks that turn the direction of writing, byte order marks, and
 * bytes that are not UTF-8. A known secret (base/secret.h), in any encoding that is listed there, becomes
 * `***`. What is longer than size - 1 bytes then ends in `…`; the result is never longer than the text. It is
 * allowed to apply this to a result again. Returns out.
 */
const char *text_excerpt(const char *text, size_t length, char *out, size_t size);

/* The same, in place. */
void text_make_safe(char *text);

#endif
