/*
 * The service's token endpoint, POST /authentication/v2/token. Token Flex API, "Authentication".
 *
 * A client with a secret authenticates by HTTP Basic, and its body has no client_id. A public client sends no
 * Authorization header, and its body has client_id. The service refuses a request with both. Calls here are
 * not part of the request budget.
 */
#ifndef API_OAUTH_H
#define API_OAUTH_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/http/http.h"

#include <stdint.h>

enum oauth_grant_kind { GRANT_CLIENT_CREDENTIALS, GRANT_REFRESH_TOKEN, GRANT_AUTHORIZATION_CODE };

/* Temporary faults, and the 429 responses among them, of one token request that may be interrupted and
 * resumed.
 */
struct oauth_tries {
    unsigned failures;
    unsigned refusals;
};

/* What is exchanged for an access token; only the texts of `kind` are read. */
struct oauth_grant {
    enum oauth_grant_kind kind;
    const char *refresh_token;
    const char *code;
    const char *redirect_uri;  /* the one with which the code was requested */
    const char *code_verifier; /* PKCE */
    int64_t deadline_ms; /* monotonic: no request is sent after it; the answer to a request that uses up a
                            token is awaited eight seconds longer */
    struct oauth_tries before; /* earlier tries of this token request, which count towards api.retries */
    int64_t longest_wait_ms;   /* a longer wait for the endpoint is left to the caller; 0: no limit */
};

/* Owned: oauth_answer_cleanup(), which wipes it. */
struct oauth_answer {
    struct buf access_token;
    struct buf refresh_token; /* empty where the answer has none */
    int64_t lifetime_ms;      /* of the access token */
    int64_t wait_ms; /* after a failure: a new request after this time may succeed; 0: only err->kind tells */
    struct oauth_tries tries; /* so far, including those of grant->before */
    bool grant_refused;       /* `invalid_grant`: the refresh token or code is used, expired or revoked */
};

/* The most bytes a token may have. */
#define OAUTH_MAX_TOKEN ((size_t)16 << 10)

/*
 * Sends the request, and repeats it after temporary faults (connection, 5xx, 429) up to api.retries times.
 * Where the endpoint requests a longer wait than the grant allows, it fails at once with answer->wait_ms.
 * ERR_AUTH when the service refuses client, code or refresh token, with what to do about it; ERR_CONFIG for
 * 404; ERR_UNAVAILABLE, also for a redirect, which is not followed; ERR_LATER past the deadline; ERR_STOPPED.
 * A refresh token of the answer is returned also with false: the caller must store it, as the one that was
 * sent is used up. The caller cleans up answer in every case.
 */
MUST_CHECK bool oauth_ask(const struct settings *settings, struct http_client *http,
                          const struct oauth_grant *grant, struct oauth_answer *answer, struct err *err);

void oauth_answer_cleanup(struct oauth_answer *answer);

/* Empties a buffer and overwrites what it held. */
void oauth_wipe(struct buf *secret);

/* Appends the settings' scopes with blanks between. */
void oauth_put_scopes(const struct settings *settings, struct buf *out);

#endif
