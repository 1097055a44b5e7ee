/*
 * The `where` clause: the window that its conditions on usageDate and usageMonth leave open, and the usage
 * limitations that the service answers 400 to. Everything else in it is accepted and has no effect on the
 * generated rows.
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

/* False with the service's message (the caller frees) when where breaks a limitation. */
bool where_check(const char *where, char **message);

#endif
