/*
 * Two clocks: the monotonic one for every wait and deadline, the wall clock for what is shown and stored. A
 * jump of the wall clock moves no deadline.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since some fixed moment; never goes back. */
int64_t clock_now_ms(void);

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ms(void);

/* A moment that never comes, for waits without a deadline. */
#define CLOCK_NEVER INT64_MAX

/* clock_now_ms() + wait_ms, or CLOCK_NEVER where that would overflow. */
int64_t clock_deadline(int64_t wait_ms);

/* "2026-11-22T03:04:05.678Z"; out holds at least CLOCK_TEXT bytes. Returns out. */
#define CLOCK_TEXT 32
const char *clock_format(int64_t wall_ms, char *out);

/* The minute for people, in UTC: "2026-11-22 03:04"; out holds at least CLOCK_MINUTE_TEXT bytes. Returns out.
 */
#define CLOCK_MINUTE_TEXT 32
const char *clock_format_minute(int64_t wall_ms, char *out);

/* Reads `500ms`, `30s`, `5m`, `2h` (whole numbers only). False when it is none of these. */
MUST_CHECK bool duration_parse(const char *text, int64_t *duration_ms);

/* The shortest of these forms that is exact: 90000 → "90s", 300000 → "5m". Returns out. */
#define DURATION_TEXT 32
const char *duration_format(int64_t duration_ms, char *out);

#endif
