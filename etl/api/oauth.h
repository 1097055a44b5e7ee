/*
 * The service's token endpoint, POST /authentication/v2/token. Token Flex API, "Authentication".
 *
 * A client with a secret proves itself by HTTP Basic authentication and sends no client_id in the body; a
 * public one sends client_id in the body and nothing else: both at once would be refused. Calls here are not
 * part of the request budget.
 */
#ifndef API_OAUTH_H
#define API_OAUTH_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/http/http.h"

#include <stdint.h>

enum oauth_grant_kind { GRANT_CLIENT_CREDENTIALS, GRANT_REFRESH_TOKEN, GRANT_AUTHORIZATION_CODE };

/* Passing faults, and among them answers 429, of one asking that is given up and taken up again. */
struct oauth_tries {
    unsigned failures;
    unsigned refusals;
};

/* What is exchanged for an access token; texts of other kinds than `kind` are not looked at. */
struct oauth_grant {
    enum oauth_grant_kind kind;
    const char *refresh_token;
    const char *code;
    const char *redirect_uri;  /* the very one that the code was asked with */
    const char *code_verifier; /* PKCE */
    int64_t deadline_ms;       /* monotonic: asking ends then; a token that the request spends is waited for
                                  a few seconds more */
    struct oauth_tries before; /* of this asking, which count among api.retries */
    int64_t longest_wait_ms;   /* a longer wait for the endpoint is left to the caller; 0: none is */
};

/* Owned: oauth_answer_cleanup(), which wipes it. */
struct oauth_answer {
    struct buf access_token;
    struct buf refresh_token; /* empty where the answer has none */
    int64_t lifetime_ms;      /* of the access token */
    int64_t wait_ms;          /* of a failure: asking again after so long may help; 0: see the error */
    struct oauth_tries tries; /* so far, those before included */
    bool grant_refused;       /* `invalid_grant`: the refresh token or code is spent, or has ended */
};

/* The most bytes a token may have. */
#define OAUTH_MAX_TOKEN ((size_t)16 << 10)

/* An empty one. */
struct oauth_answer oauth_answer_make(void);

/*
 * Reads an answer's body into it. accepted: its status is 2xx; false: the body says why not, in `error`. The
 * refresh token is kept whatever else is wrong. ERR_UNAVAILABLE: no access token, or one that is too long.
 */
MUST_CHECK bool oauth_answer_read(const char *bytes, size_t length, bool accepted,
                                  struct oauth_answer *answer, struct err *err);

/*
 * Asks, and asks again what may pass (connection, 5xx, 429), up to api.retries times. Where the endpoint asks
 * for a longer wait than the grant allows, it fails at once with answer->wait_ms. ERR_AUTH when the
 * service refuses client, code or refresh token, with what to do about it; ERR_UNAVAILABLE; ERR_LATER past
 * the deadline; ERR_STOPPED. A refresh token in the answer is given also where it returns false, whatever
 * else was wrong: it is to be kept, as the one that was sent is spent. answer is to be cleaned up in every
 * case.
 */
MUST_CHECK bool oauth_ask(const struct settings *settings, struct http_client *http,
                          const struct oauth_grant *grant, struct oauth_answer *answer, struct err *err);

void oauth_answer_cleanup(struct oauth_answer *answer);

/* Empties a buffer and overwrites what it held. */
void oauth_wipe(struct buf *secret);

/* Appends the settings' scopes with blanks between. */
void oauth_put_scopes(const struct settings *settings, struct buf *out);

#endif
