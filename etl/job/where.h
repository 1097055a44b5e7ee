/*
 * The tokens of a `where` condition: the part of its grammar that an offline check needs.
 *
 * The service reads conditions like SQL's: names, quoted text in which a quote is written twice, operators,
 * parentheses.
 */
#ifndef JOB_WHERE_H
#define JOB_WHERE_H

#include <stdbool.h>
#include <stddef.h>

enum where_kind {
    WHERE_END,
    WHERE_WORD,     /* a name or a keyword */
    WHERE_TEXT,     /* quoted, quotes included */
    WHERE_UNCLOSED, /* quoted, but the text ends first */
    WHERE_NUMBER,
    WHERE_OPEN,
    WHERE_CLOSE,
    WHERE_COMPARISON, /* = != <> < <= > >= */
    WHERE_OTHER,
};

struct where_token {
    enum where_kind kind;
    const char *bytes; /* in the condition */
    size_t length;
    size_t offset; /* of bytes in the condition */
};

/* The token at or behind *at, which moves past it. */
struct where_token where_next(const char *condition, size_t *at);

/* Whether a token is this word, in whatever case. */
bool where_is_word(const struct where_token *token, const char *word);

/* The keyword that a token is, in lower case; NULL for a name and for all else. */
const char *where_keyword(const struct where_token *token);

/* The `%` in a quoted text, and its other characters (of UTF-8, quotes left out). */
struct where_pattern {
    size_t wildcards;
    size_t others;
};
struct where_pattern where_pattern_of(const struct where_token *text);

#endif
