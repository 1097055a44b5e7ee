/*
 * A login, and the JSON text in which it is stored: the rotating refresh token and the access token that goes
 * with it.
 */
#ifndef API_LOGIN_TEXT_H
#define API_LOGIN_TEXT_H

#include "base/buf.h"

#include <stdint.h>

/* Moments are wall-clock milliseconds. Owned: login_cleanup(), which wipes it. */
struct login {
    struct buf client_id;
    struct buf scopes;
    struct buf refresh_token;
    bool refused;            /* the service has refused the refresh token: it is not sent again */
    int64_t refresh_from_ms; /* when it was issued; it is valid for LOGIN_REFRESH_LIFETIME_MS */
    struct buf access_token; /* empty: none yet */
    int64_t access_from_ms;
    int64_t access_until_ms;
};

/* Token Flex API, "Authentication": a refresh token is valid for 15 days. */
#define LOGIN_REFRESH_LIFETIME_MS (INT64_C(15) * 86400000)

struct login login_make(void);
void login_cleanup(struct login *login);

/* A ceiling that holds the text of any login: every byte of both tokens may need six in JSON. */
#define LOGIN_MAX_TEXT ((size_t)256 << 10)

/* Appends the text, one line. */
void login_put_text(const struct login *login, struct buf *text);

/* Reads it; false where it is not a text of login_put_text(). Its tokens are known secrets from then on. */
MUST_CHECK bool login_read_text(const struct buf *text, struct login *login);

#endif
