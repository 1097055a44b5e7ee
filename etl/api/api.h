/*
 * The API client of one worker: every request of a job passes through authentication, request budget and
 * retry here.
 */
#ifndef API_API_H
#define API_API_H

#include "api/queue.h"
#include "api/retry.h"
#include "api/token.h"
#include "job/settings.h"
#include "wire/http/http.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* Everything is borrowed; filled by the owner. Used by one thread. */
struct api {
    const struct settings *settings;
    struct http_client *http;
    struct token_source *tokens;
    struct queue *queue;
    struct pg *pg;           /* where the budget is kept; in no transaction and no COPY during api_start(),
                                api_finish() and api_wait(): each may read or change the budget */
    int64_t deadline_ms;     /* monotonic: the job's timeout; waiting past it is ERR_LATER */
    uint64_t requests;       /* made so far, counted here */
    bool write_is_forbidden; /* the service has refused (403) to make an export */
    bool is_optional;        /* every request is one that the caller can do without: struct api_request */

    /* Called before every request is taken from the budget; it may use `pg`. If run returns false, with an
     * error, the request is not made. run NULL: every request may be made. */
    struct api_guard {
        bool (*run)(void *context, struct pg *pg, struct err *err);
        void *context;
    } guard;
};

/* Whether requests that need the scope data:write, such as exports, may be made, as far as is known. */
bool api_may_write(const struct api *api);

struct api_request {
    enum http_method method;
    const char *url;
    const char *body;                   /* JSON; NULL: none */
    const char *contract;               /* its number, for the hint after a 403 or 404; NULL: none */
    const char *what;                   /* "submit the query", as in "cannot submit the query: …" */
    const char *scope;                  /* the scope that the token needs for it: a constant */
    size_t max_bytes;                   /* ceiling of the answer */
    struct http_parser parser;          /* for the answer; the acceptor of api_finish() gets the result */
    struct queue_request queue_request; /* its place in the line for the budget */

    /* The request is not repeated after a temporary fault or a 429: the caller must find out whether it took
     * effect. api_finish() fails with ERR_UNAVAILABLE, or with ERR_LATER for 429; response->status and
     * response->sent give the details. The 429 does not block the account.
     */
    bool no_retry;

    /* The caller can do without the request: instead of waiting after a 429, its own or an earlier one that
     * still blocks the account, it fails with ERR_LATER. Its own 429 blocks the account for the time that the
     * service says, also with `no_retry`.
     */
    bool is_optional;
};

struct api_call; /* a request on its way */

/*
 * Takes the request from the budget and sends it. NULL on error; errors as from token_get(), the guard and
 * queue_pass(). Texts of the request are copied; the caller ends the call by api_finish() or api_cancel().
 */
struct api_call *api_start(struct api *api, const struct api_request *request, struct err *err);

/*
 * Waits for the answer, repeats the request after temporary faults (no connection, 408, 429, 5xx) and after a
 * 401, while another token can be had (api/retry), and ends the call. True: the answer is 2xx. The acceptor
 * reads its body, or takes response->parsed. If the acceptor fails with ERR_UNAVAILABLE (the body is not
 * JSON), that is a temporary fault too; any other error of the acceptor is final.
 *
 * ERR_AUTH for 401 and 403; ERR_CONFIG for other 4xx except 408 and 429, with the service's message and,
 * except for 404, the body that was sent, if it is short; ERR_UNAVAILABLE when retries are used up; ERR_LATER
 * past the deadline; ERR_STOPPED; ERR_DATA for a body past max_bytes. response->status is then the last
 * status (0: none came). The caller cleans up *response in every case.
 */
struct api_acceptor {
    bool (*read)(void *context, struct buf *body, struct err *err); /* NULL: any body is accepted */
    void *context;
};
MUST_CHECK bool api_finish(struct api *api, struct api_call *call, struct api_acceptor acceptor,
                           struct http_response *response, struct err *err);

/* Ends a call and discards its answer. NULL is allowed. */
void api_cancel(struct api_call *call);

/*
 * Waits before a request that api_finish() does not repeat is sent again, as the verdict says. After a 429
 * (VERDICT_WAIT) it only blocks the whole account for that time and returns: the next request waits in the
 * queue. err has the reason, for the log. False with ERR_LATER if the wait would pass the deadline, or with
 * ERR_STOPPED.
 */
MUST_CHECK bool api_wait(struct api *api, const struct verdict *verdict, struct err *err);

/* api_start() and api_finish(). */
MUST_CHECK bool api_send(struct api *api, const struct api_request *request, struct api_acceptor acceptor,
                         struct http_response *response, struct err *err);

#endif
