/*
 * Spans and numbers as people read them. A function with `out` returns it; it holds READABLE_TEXT bytes.
 * Pure.
 */
#ifndef BASE_READABLE_H
#define BASE_READABLE_H

#include <stdint.h>

#define READABLE_TEXT 32

/* How long ago, or until, in one unit, cut and not rounded: `45 s`, `12 min`, `6 h`, `3 days`. */
const char *readable_age(int64_t age_ms, char *out);

/* How long it will take, in two units: `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. A part of a second
 * counts as a whole second. */
const char *readable_span(int64_t span_ms, char *out);

/* The absolute difference, rounded: `45 s`, `5 minutes`, `1.5 hours`, `3 days`. */
const char *readable_difference(int64_t difference_ms, char *out);

/* What a noun behind a number ends in: "" for one, "s" for any other: `1 row`, `0 rows`, `2 rows`. */
const char *readable_plural(uint64_t number);

/* 1234567 → `1,234,567` */
const char *readable_number(uint64_t number, char *out);

/* At most five characters: numbers below 10,000 are unchanged, larger ones are `12.3k`, `1.23M`. Digits that
 * do not fit are cut, not rounded. */
const char *readable_short_number(uint64_t number, char *out);

#endif
