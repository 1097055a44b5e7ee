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

/* Settings and client are borrowed until token_release(). Sends no request. */
struct token_source *token_make(const struct settings *settings, struct http_client *http);
void token_release(struct token_source *tokens); /* NULL is allowed */

/*
 * Checks that a login exists, if the flow needs one: ERR_AUTH if there is no login yet. It does not check
 * the login itself; token_get() does. With pg NULL it looks for a token file only, else for a login in the
 * database only. It returns true if the settings keep the login at the other place, and if the login cannot
 * be read: token_get() then reports the reason.
 */
MUST_CHECK bool token_check_login(const struct settings *settings, struct pg *pg, struct err *err);

struct token {
    struct buf bearer;
    uint64_t number; /* counts the tokens issued to this process, from 1; 0: it was not issued to this
                        process; another process has stored it, or the settings have it */
};

/* Without a token yet. Owned by the caller: token_cleanup() wipes it. */
struct token token_none(void);
void token_cleanup(struct token *token);

/*
 * Returns a token that is valid now (the bearer's former text is wiped; its ceiling holds any token).
 * ERR_AUTH when the service refuses the credentials, ERR_UNAVAILABLE when it cannot be reached; ERR_LATER
 * past deadline_ms (monotonic), whatever was waited for: the endpoint, its Retry-After, another thread, or
 * another process that holds the login's lock. A long Retry-After is waited out without that lock.
 */
MUST_CHECK bool token_get(struct token_source *tokens, int64_t deadline_ms, struct token *token,
                          struct err *err);

/*
 * The service has answered 401 to this token. True when another one may be had from token_get(): not for a
 * token that was given in the settings. *count: how many have been issued to this process so far; unchanged
 * past the deadline.
 */
bool token_reject(struct token_source *tokens, int64_t deadline_ms, const struct token *token,
                  uint64_t *count);

/* The most bytes a token may have. */
#define TOKEN_MAX_BYTES ((size_t)16 << 10)

#endif
