/*
 * Calendar days, as the proleptic Gregorian calendar counts them. A day is a number, so that windows are
 * arithmetic.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970-01-01; years 0001 to 9999. */
typedef int32_t date_t;

#define DATE_TEXT 16

/* Microseconds of a day. */
#define DATE_DAY_US INT64_C(86400000000)

/* The day of a year, month (1–12) and day of month. False when there is no such day. */
MUST_CHECK bool date_make(int year, int month, int day, date_t *date);

void date_parts(date_t date, int *year, int *month, int *day);

/* Reads exactly the ten characters of a date such as `2026-11-22`. */
MUST_CHECK bool date_parse(const char *text, size_t length, date_t *date);

/* `2026-11-22`; out holds at least DATE_TEXT bytes. Returns out. */
const char *date_format(date_t date, char *out);

/* The UTC day that holds this moment. */
date_t date_of_wall(int64_t wall_ms);

date_t date_month_start(date_t date);

/* Monday of the ISO week that holds date. */
date_t date_week_start(date_t date);

/* The same day of the month, `months` later (negative: earlier); in a shorter month, its last day. */
date_t date_add_months(date_t date, int months);

/*
 * Reads an ISO date and time without a time zone, as the service writes session times:
 * `2018-03-01T16:24:53`. A space instead of the T, and up to six decimals of a second, which zeros may
 * follow, are allowed. False for anything else, also for a time without seconds. *moment_us: microseconds
 * since 1970-01-01T00:00:00 in the same time zone.
 */
MUST_CHECK bool date_parse_timestamp(const char *text, size_t length, int64_t *moment_us);

/* The length of such a time without a `Z` or `+00:00` at its end; `length` if it has neither. */
size_t date_without_utc(const char *text, size_t length);

/* Reads a date, or a time at midnight, with or without UTC as its time zone: `2026-11-22T00:00:00.000Z`. */
MUST_CHECK bool date_parse_day(const char *text, size_t length, date_t *date);

#endif
