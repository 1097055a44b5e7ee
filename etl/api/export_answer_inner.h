/* What only api/export_answer.c and its unit tests use. */
#ifndef API_EXPORT_ANSWER_INNER_H
#define API_EXPORT_ANSWER_INNER_H

#include "api/export_answer.h"

/*
 * Reads a time in UTC such as `2018-09-20T22:43:13Z`, with or without the Z, and with or without a fraction
 * of a second, which is cut off. 0 if the text is not such a time.
 */
int64_t export_moment_ms(const char *text);

#endif
