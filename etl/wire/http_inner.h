/*
 * What the files of wire/http share: the client, a call, and who may touch which part of them when.
 *
 * A call belongs to the I/O thread from http_start() until `done`, and to its owner from then on; `done`
 * changes under the client's lock. A call that is cancelled before it is done stays with the I/O thread,
 * which frees it.
 */
#ifndef WIRE_HTTP_INNER_H
#define WIRE_HTTP_INNER_H

#include "wire/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

struct http_client {
    CURLM *multi;
    pthread_t thread;
    char *user_agent;
    char *ca_file;
    int64_t connect_timeout_ms;
    int64_t stall_timeout_ms;

    pthread_mutex_t lock;
    pthread_cond_t finished; /* some call is done */

    /* Under the lock. */
    struct http_call *arrived; /* handed over, not yet seen by the thread */
    bool closing;
    size_t references; /* the client itself and each call that is not freed */

    /* The I/O thread's own. */
    struct http_call *running;
};

struct http_call {
    struct http_client *client;
    struct http_call *next; /* in arrived or running */

    enum http_method method;
    char *url;
    char *body;
    struct curl_slist *headers;
    char *basic;

    CURL *easy;
    char curl_says[CURL_ERROR_SIZE];
    int64_t started_ms;
    int64_t stop_grace_ms;
    bool sent;        /* the request has gone out once */
    int64_t heard_ms; /* when the last byte came, or the connection was ready; 0 before that */

    struct http_response response;
    struct err err; /* ERR_NONE: the answer came whole */

    atomic_bool cancelled;
    bool done;
};

/* http_transfer.c: one call as a curl handle, and what became of it. */

/* Sets up call->easy. False with call->err filled when the request cannot be sent. */
MUST_CHECK bool transfer_make(struct http_call *call);

/* Fills call's response, or its error, from what curl says. */
void transfer_finish(struct http_call *call, CURLcode result);

/* Fills call's error, in front of it method and URL. */
void transfer_fail(struct http_call *call, enum err_kind kind, const char *reason);

/* "GET https://host/path" */
#define TRANSFER_NAME 512
const char *transfer_name(const struct http_call *call, char out[TRANSFER_NAME]);

/* http_loop.c: the I/O thread. The argument is the client. */
void *http_loop(void *client);

/* http.c */
void http_call_release(struct http_call *call);

#endif
