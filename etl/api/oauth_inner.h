/* What only api/oauth.c and its unit tests use. */
#ifndef API_OAUTH_INNER_H
#define API_OAUTH_INNER_H

#include "api/oauth.h"

/* An empty answer. */
struct oauth_answer oauth_answer_make(void);

/*
 * Reads an answer's body into it. accepted: its status is 2xx; false: the body says why not, in `error`. The
 * refresh token is kept whatever else is wrong. ERR_UNAVAILABLE: no access token, or one that is too long.
 */
MUST_CHECK bool oauth_answer_read(const char *bytes, size_t length, bool accepted,
                                  struct oauth_answer *answer, struct err *err);

#endif
