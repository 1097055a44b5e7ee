/* What only api/token.c and its unit tests use. */
#ifndef API_TOKEN_INNER_H
#define API_TOKEN_INNER_H

#include "api/token.h"

/*
 * For how long a token of this lifetime is used, from its issue on: it is renewed a tenth of its lifetime
 * before it expires, but no more than a minute before, so that no request arrives with a token that has just
 * expired. Pure.
 */
int64_t token_use_ms(int64_t lifetime_ms);

#endif
