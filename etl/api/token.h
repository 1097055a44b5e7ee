/*
 * The access token of the process: fetched when first needed, renewed before it ends, shared by all threads.
 *
 * Token Flex API, "Authentication"; OAuth v2 of the service, POST /authentication/v2/token. The token
 * endpoint is not part of the request budget.
 */
#ifndef API_TOKEN_H
#define API_TOKEN_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/http/http.h"
#include "wire/pg/pg.h"

struct token_source; /* opaque */

/* Settings and client are borrowed until token_release(). Asks nothing yet. */
struct token_source *token_make(const struct settings *settings, struct http_client *http);
void token_release(struct token_source *tokens); /* NULL is allowed */

/*
 * Checks that a login exists, if the flow needs one: ERR_AUTH if there is no login yet. It does not check
 * the login itself; token_get() does. With pg NULL it looks for a token file only, else for a login in the
 * database only; it returns true if the settings keep the login at the other place.
 */
MUST_CHECK bool token_check_login(const struct settings *settings, struct pg *pg, struct err *err);

/*
 * A token that is good for now, into bearer (its former text is dropped; its ceiling holds any token).
 * ERR_AUTH when the service refuses the credentials, ERR_UNAVAILABLE when it cannot be reached; ERR_LATER
 * past deadline_ms (monotonic), whatever was waited for: the endpoint, its Retry-After, another thread, or
 * another process that holds the login's lock. A long Retry-After is waited out without that lock.
 */
MUST_CHECK bool token_get(struct token_source *tokens, int64_t deadline_ms, struct buf *bearer,
                          struct err *err);

/*
 * The service has answered 401 to this token. True when another one may be had from token_get(): not for a
 * token that was given in the settings.
 */
bool token_reject(struct token_source *tokens, int64_t deadline_ms, const char *bearer);

/*
 * For how long a token of this lifetime is used, from its issue on: it is renewed a tenth of its lifetime
 * before its end, but no more than a minute before, so that no request arrives with a token that has just
 * ended. Pure.
 */
int64_t token_use_ms(int64_t lifetime_ms);

/* The most bytes a token may have. */
#define TOKEN_MAX_BYTES ((size_t)16 << 10)

#endif
