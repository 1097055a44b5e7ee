/*
 * Moments as HTTP headers write them.
 */
#ifndef BASE_HTTP_DATE_H
#define BASE_HTTP_DATE_H

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a date of a header, to milliseconds since 1970-01-01T00:00:00Z, a fraction of a millisecond rounded
 * up. The forms of RFC 9110, 5.6.7; the day of the week is not looked at, and only the third form must have
 * it:
 *
 *     Sun, 06 Nov 1994 08:49:37 GMT
 *     Sunday, 06-Nov-94 08:49:37 GMT
 *     Sun Nov  6 08:49:37 1994
 *
 * and those of ISO 8601 that are in use: `1994-11-06T08:49:37Z`, `1994-11-06 08:49:37.25+01:00`,
 * `1994-11-06`, `19941106T084937Z`. A time without a zone is UTC; zones are GMT, UTC, UT, Z or an offset. In
 * the second form, a year of two digits is the latest such year that is at most 50 years after now_ms. False,
 * with *wall_ms as it was, for anything else, also for a 31 February.
 */
MUST_CHECK bool http_date_parse(const char *text, int64_t now_ms, int64_t *wall_ms);

#endif
