/*
 * The three-legged login: authorization code with PKCE (RFC 7636, S256) and state. Token Flex API,
 * "Authentication".
 *
 *     login_check_store() → login_begin() → the browser goes to login_put_url() → comes back to
 *     redirect_uri → login_read_redirect() → login_finish() stores the login
 */
#ifndef API_LOGIN_H
#define API_LOGIN_H

#include "base/buf.h"
#include "base/err.h"
#include "job/settings.h"
#include "wire/http/http.h"

/* Base64url of 32 random bytes, and of a SHA-256: 43 characters and a NUL. */
#define LOGIN_SECRET_TEXT 44

struct login_attempt {
    char state[LOGIN_SECRET_TEXT];
    char verifier[LOGIN_SECRET_TEXT];
    char challenge[LOGIN_SECRET_TEXT]; /* the verifier's SHA-256 */
};

/* Proves that a login can be stored, before anybody is asked to log in. Holds no lock afterwards. */
MUST_CHECK bool login_check_store(const struct settings *settings, struct err *err);

MUST_CHECK bool login_begin(struct login_attempt *attempt, struct err *err);

/* Appends the address to open in the browser. */
void login_put_url(const struct login_attempt *attempt, const struct settings *settings,
                   const char *redirect_uri, struct buf *url);

/*
 * Reads the code from the URL, or its path and query, that the browser came back to. ERR_AUTH when the text
 * is not an address, when the service or the administrator refused, when the state is not that of this
 * attempt (the link of another login), or when there is no code in it.
 */
MUST_CHECK bool login_read_redirect(const struct login_attempt *attempt, const char *url, struct buf *code,
                                    struct err *err);

/* Exchanges the code and stores the login (api/token_store.h), under its lock. */
MUST_CHECK bool login_finish(const struct login_attempt *attempt, const struct settings *settings,
                             struct http_client *http, const char *code, const char *redirect_uri,
                             struct err *err);

#endif
