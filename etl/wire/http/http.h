/*
 * HTTP, over libcurl.
 *
 * One client serves the whole process: a thread of its own drives all transfers through curl's multi
 * interface, with connections kept and shared, while the callers read as straight-line code: http_start()
 * hands a request over, http_wait() blocks until its answer is there. Several requests may be under way at
 * once. A stop (base/stop) ends every transfer with ERR_STOPPED, at once or after the grace that its request
 * requests.
 *
 * Certificates are always verified. Redirects are not followed: a 3xx is an answer like any other. A request
 * is sent at most once: if a kept connection turns out to be closed, the request fails, and another attempt
 * takes another request from the budget. A POST uses a new connection, so that this cannot happen to it. No
 * URL's query, no header value and no body is ever logged or put into an error; of a URL that is secret as a
 * whole (url_is_secret), the path is not either. Proxies come from curl's environment variables (https_proxy,
 * no_proxy, …), except for this machine, which is reached without a proxy. HTTP/2 is used if an https server
 * offers it.
 *
 * An answer is held in memory, up to a ceiling; a file of any size comes by wire/http/download, over the same
 * client.
 */
#ifndef WIRE_HTTP_HTTP_H
#define WIRE_HTTP_HTTP_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_client; /* opaque; may be used by any number of threads */
struct http_call;   /* opaque; one request on its way */

struct http_options {
    const char *user_agent;
    const char *ca_file;        /* PEM; NULL: the system's */
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t stall_timeout_ms; /* a connected transfer without a byte for this time fails; 0: 60 s. It does not
                                 limit the whole transfer. */
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_DELETE };

/*
 * What is made of the body of a complete 2xx answer by the client's thread, while the owner of the call still
 * does other things. It must not block. parse NULL: nothing.
 */
struct http_parser {
    void *(*parse)(struct buf *body, uint64_t argument); /* may change the body */
    void (*release)(void *parsed);
    uint64_t argument;
};

struct http_request {
    enum http_method method;
    const char *url;
    const char *bearer;       /* sent as Authorization: Bearer …; NULL: none */
    const char *basic;        /* `user:password`, sent as Authorization: Basic …; NULL: none */
    const char *content_type; /* of the body; NULL with a body: application/json */
    const char *body;         /* NULL: none */
    int64_t stop_grace_ms;    /* a stop ends the request after this time if it was sent, else at once: for an
                                 answer that must not be lost; 0: at once */
    int64_t timeout_ms;       /* the most that all of it may take, the connection too; 0: no limit */
    int64_t deadline_ms; /* monotonic: past it the request, name resolution included, ends with ERR_LATER;
                            0 or CLOCK_NEVER: none */
    int64_t send_by_ms;  /* monotonic: a request that cannot be sent by then (name resolution, connection and
                            TLS may take long, and the process may be suspended) is not sent: ERR_UNAVAILABLE,
                            and response->was_late; 0 or CLOCK_NEVER: none */
    bool ignores_stop;  /* a stop has no effect on it: for the final requests of a run; timeout_ms must be set
                         */
    bool url_is_secret; /* messages show its host alone */
    size_t max_bytes;   /* the ceiling of the answer's body, decompressed; more is ERR_DATA */
    struct http_parser parser;
};

struct http_response {
    int status;
    struct buf body; /* owned: http_response_cleanup(); empty when http_wait() was false */
    char content_type[128];
    char date[64];        /* the header as it came: the server's clock; empty when there was none */
    char retry_after[64]; /* the header as it came; empty when there was none */
    bool sent;            /* the request may have reached the server; false: it certainly has not */
    bool was_late;        /* it was not sent, since send_by_ms had passed */
    int64_t elapsed_ms;   /* from http_start() to the last byte */

    void *parsed; /* by the request's parser; NULL: there was none, or no complete 2xx answer. Owned like body
                   */
    void (*release_parsed)(void *parsed);
};

/* NULL with ERR_UNAVAILABLE where the system refuses a thread or a descriptor. options are copied. */
struct http_client *http_client_make(const struct http_options *options, struct err *err);

/*
 * Ends every transfer still on its way, then the thread. NULL is allowed. Calls outlive it: each is still to
 * be ended by http_wait(), which says ERR_UNAVAILABLE (ERR_STOPPED after a stop) where no answer had come, or
 * by http_cancel().
 */
void http_client_release(struct http_client *client);
void http_client_cleanup(struct http_client **client);

/* Hands a request over; everything in it is copied. Never blocks, never NULL; what goes wrong shows in
 * http_wait(). */
struct http_call *http_start(struct http_client *client, const struct http_request *request);

/*
 * Waits for the answer and ends the call. True: a complete answer came, with any status. False: no complete
 * answer came. response->status is 0, unless the header was complete and the call was not ended from this
 * side (a stop, the deadline, a stall, the client's release); ERR_UNAVAILABLE (name resolution, connection,
 * TLS, time-out, header or body cut short), ERR_DATA (body past max_bytes, a URL that is invalid or has a
 * user in it, a header value with a line end in it), ERR_CONFIG (ca_file cannot be used), ERR_LATER (past the
 * deadline) or ERR_STOPPED. response is overwritten; the caller releases it in both cases.
 */
MUST_CHECK bool http_wait(struct http_call *call, struct http_response *response, struct err *err);

/* Ends a call without waiting and discards its answer. NULL is allowed. */
void http_cancel(struct http_call *call);

/* http_start() and http_wait(). */
MUST_CHECK bool http_send(struct http_client *client, const struct http_request *request,
                          struct http_response *response, struct err *err);

void http_response_cleanup(struct http_response *response);

/* Appends text percent-encoded: all but letters, digits, `-`, `.`, `_` and `~` (RFC 3986, unreserved). */
void http_put_encoded(struct buf *buf, const char *text);

/* A URL as messages may show it: without query, fragment, user and password. Returns out. */
const char *http_safe_url(const char *url, char *out, size_t size);

/* The parts of an absolute http(s) URL, for comparing origins, as curl itself reads them. False when it is
 * none. */
struct http_origin {
    char scheme[8];
    char host[256]; /* in lower case; IPv6 in brackets */
    unsigned port;  /* the scheme's own where the URL names none */
};
MUST_CHECK bool http_origin_of(const char *url, struct http_origin *origin);
bool http_same_origin(const struct http_origin *left, const struct http_origin *right);

/* Whether the host is this machine: localhost, 127.0.0.0/8, ::1. */
bool http_is_loopback(const struct http_origin *origin);

#endif
