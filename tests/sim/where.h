/*
 * The `where` clause as a text: its tokens, the usage limitations that the service answers 400 to, and the
 * window that its conditions on usageDate and usageMonth leave open.
 */
#ifndef SIM_WHERE_H
#define SIM_WHERE_H

#include <stdbool.h>
#include <stdint.h>

/* Days from first (inclusive) to end (exclusive). */
struct window {
    int64_t from;
    int64_t to;
};

/* The window of where (NULL: none given). `otherwise` serves where neither bound is given; with one bound the
 * window has 31 days. A window that is empty or upside down has from == to. */
struct window where_window(const char *where, struct window otherwise);

enum where_token_kind { WHERE_WORD, WHERE_STRING, WHERE_OPERATOR, WHERE_BROKEN, WHERE_END };

struct where_token {
    enum where_token_kind kind;
    char text[256]; /* a string without its quotes; longer ones are cut */
};

/* Reads one token and answers where the next one starts. */
const char *where_token_next(const char *at, struct where_token *token);

/* False with the service's message (the caller frees) when where breaks a limitation. */
bool where_check(const char *where, char **message);

#endif
