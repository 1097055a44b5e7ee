/*
 * Shared by the files of wire/http: the client, a call, and which thread may use which part of them.
 *
 * A call belongs to the I/O thread from http_start() until `done`, and to its owner from then on; `done`
 * changes under the client's lock. A call that is cancelled before it is done stays with the I/O thread,
 * which frees it.
 */
#ifndef WIRE_HTTP_HTTP_INNER_H
#define WIRE_HTTP_HTTP_INNER_H

#include "wire/http/http.h"

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

    struct http_parser parser;
    struct http_stream *stream; /* the owner reads the body while it arrives; NULL: response collects it */

    CURL *easy;
    char curl_says[CURL_ERROR_SIZE];
    int64_t started_ms;
    int64_t stop_grace_ms;
    int64_t timeout_ms;
    int64_t deadline_ms; /* CLOCK_NEVER: none */
    int64_t send_by_ms;  /* CLOCK_NEVER: none */
    bool ignores_stop;
    bool url_is_secret;
    bool sent;            /* the request was sent */
    bool head_came;       /* the complete header of the final answer has arrived */
    int64_t last_byte_ms; /* when the last byte came, or the connection was ready; 0 before that */
    bool paused;          /* curl has been paused, because the stream is full */
    uint64_t received;    /* bytes of the body so far */

    struct http_response response;
    struct err err; /* ERR_NONE: the answer is complete */

    atomic_bool cancelled;
    bool done;
};

/* http_transfer.c: one call as a curl handle, and its outcome. */

/* Sets up call->easy. False with call->err filled when the request cannot be sent. */
MUST_CHECK bool transfer_make(struct http_call *call);

/* Fills call's response, or its error, from what curl says. */
void transfer_finish(struct http_call *call, CURLcode result);

/* Fills call's error and puts method and URL in front of it. */
void transfer_fail(struct http_call *call, enum err_kind kind, const char *reason);

/* "GET https://host/path" */
#define TRANSFER_NAME 512
const char *transfer_name(const struct http_call *call, char out[TRANSFER_NAME]);

/* http_loop.c: the I/O thread. The argument is the client. */
void *http_loop(void *client);

/* http.c: a call before it is handed over, and its end. */
struct http_call *http_call_make(struct http_client *client, const struct http_request *request);
void http_call_add_header(struct http_call *call, const char *name, const char *value);
void http_call_hand_over(struct http_call *call);
void http_call_release(struct http_call *call);

/*
 * http_stream.c: a body that the owner of the call reads while it arrives, in constant memory. The I/O thread
 * fills one block while the owner reads the other. If a block is full, curl is paused, and so is the server.
 */

/* The maximum size of each of the two blocks. */
#define STREAM_BLOCK_BYTES ((size_t)1 << 20)

/* The parts of an answer's head that a download needs. Headers as the server sent them; "": not sent, or too
 * long to be used. */
struct stream_head {
    int status;
    bool chunked;
    char content_length[40];
    char content_encoding[32];
    char retry_after[64]; /* cut where it is longer */
    char date[64];
    char *location; /* NULL: none */
};

struct http_stream {
    pthread_mutex_t lock;
    pthread_cond_t changed;

    /* Under the lock. */
    struct stream_head head;
    bool head_came;
    bool ended;         /* the call is done, or no more bytes will come */
    bool full;          /* curl is paused until the owner takes the waiting bytes */
    struct buf waiting; /* bytes that the owner has not taken yet */

    struct buf taken; /* the block that the owner reads */
};

struct http_stream *stream_make(void);
void stream_release(struct http_stream *stream); /* NULL is allowed */

/* The I/O thread's side. */

/* The final answer's head has come whole; once a call. */
void stream_note_head(struct http_call *call);

/* Takes over all of the bytes, or none: then there is no room, and call->paused is set. */
MUST_CHECK bool stream_take(struct http_call *call, const char *bytes, size_t length);

/* Resumes a paused transfer once its owner has made room. */
void stream_resume(struct http_call *call);

/* No more bytes come; call->err says why if that is an error. */
void stream_end(struct http_stream *stream);

/* The owner's side. */

/* Waits for the head. NULL when the call ended without one: call->err says why. */
const struct stream_head *stream_await_head(struct http_call *call);

/* Waits for bytes, which stay until the next call. False when none will come: call->err says whether that is
 * an error. */
MUST_CHECK bool stream_next(struct http_call *call, const char **bytes, size_t *length);

/* Initialises curl, whose memory comes from base/mem, once; every use of curl begins with it. */
CURLcode http_load_curl(void);

#endif
