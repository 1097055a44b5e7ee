/* What only api/export_answer.c and its unit tests use. */
#ifndef API_EXPORT_ANSWER_INNER_H
#define API_EXPORT_ANSWER_INNER_H

#include "api/export_answer.h"

/*
 * `2018-09-20T22:43:13Z`, with or without the Z and decimals of a second, which are cut off: UTC either way.
 * 0 if the text is not such a moment.
 */
int64_t export_moment_ms(const char *text);

#endif
