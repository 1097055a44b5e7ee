#include "wire/http/http.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "wire/http/http_inner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000
#define STALL_TIMEOUT_MS 60000
#define CONNECTIONS_A_HOST 16L

/* The client. */

static CURLcode curl_loaded;

static void *allocate(size_t size)
{
    return mem_resize(NULL, size, 1);
}

static void *resize(void *old, size_t size)
{
    return mem_resize(old, size, 1);
}

/* curl drops a transfer if it has no memory. An answer with the next refresh token must not be lost that way.
 */
static void init_curl(void)
{
    curl_loaded = curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, free, resize, mem_copy_text, mem_alloc);
}

CURLcode http_load_curl(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_curl);
    return curl_loaded;
}

static char *copy_or_null(const char *text)
{
    return text ? mem_copy_text(text) : NULL;
}

/* Frees the client when the last reference is gone: the client's own or that of a call. */
static void drop_reference(struct http_client *client)
{
    pthread_mutex_lock(&client->lock);
    bool last = --client->references == 0;
    pthread_mutex_unlock(&client->lock);
    if (!last)
        return;
    pthread_cond_destroy(&client->finished);
    pthread_mutex_destroy(&client->lock);
    free(client->user_agent);
    free(client->ca_file);
    free(client);
}

/* curl opens its descriptor for wake-ups when it makes the handle. If that failed, every transfer would wait
 * for a time-out.
 */
static bool can_be_woken(CURLM *multi)
{
    return multi && curl_multi_wakeup(multi) == CURLM_OK;
}

struct http_client *http_client_make(const struct http_options *options, struct err *err)
{
    if (http_load_curl() != CURLE_OK) {
        (void)err_set(err, ERR_BUG, "libcurl cannot be initialised: %s", curl_easy_strerror(curl_loaded));
        return NULL;
    }

    struct http_client *client = mem_alloc(1, sizeof *client);
    client->user_agent = copy_or_null(options->user_agent);
    client->ca_file = copy_or_null(options->ca_file);
    client->connect_timeout_ms =
        options->connect_timeout_ms ? options->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    client->stall_timeout_ms = options->stall_timeout_ms ? options->stall_timeout_ms : STALL_TIMEOUT_MS;
    client->references = 1;
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->finished, NULL);
    errno = 0;
    client->multi = curl_multi_init();
    if (client->multi) {
        curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, CONNECTIONS_A_HOST);
        curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_A_HOST);
    }
    int failed = can_be_woken(client->multi) ? thread_start(&client->thread, http_loop, client)
                 : errno                     ? errno
                                             : ENOMEM;
    if (failed) {
        (void)err_set(err, ERR_UNAVAILABLE, "cannot start the HTTP client: %s", strerror(failed));
        curl_multi_cleanup(client->multi);
        drop_reference(client);
        return NULL;
    }
    return client;
}

void http_client_release(struct http_client *client)
{
    if (!client)
        return;
    pthread_mutex_lock(&client->lock);
    client->closing = true;
    curl_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
    pthread_join(client->thread, NULL);
    curl_multi_cleanup(client->multi);
    drop_reference(client);
}

void http_client_cleanup(struct http_client **client)
{
    http_client_release(*client);
}

/* Calls. */

void http_call_add_header(struct http_call *call, const char *name, const char *value)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    buf_print(&line, "%s:%s%s", name, *value ? " " : "", value);
    struct curl_slist *headers = curl_slist_append(call->headers, line.bytes);
    if (!headers)
        abort();
    call->headers = headers;
    explicit_bzero(line.bytes, line.length);
}

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
}

/* What a request holds may be secret: tokens in headers, refresh tokens and client secrets in bodies, signed
 * URLs. */
void http_call_release(struct http_call *call)
{
    struct http_client *client = call->client;
    for (struct curl_slist *header = call->headers; header; header = header->next)
        wipe(header->data);
    curl_slist_free_all(call->headers);
    wipe(call->body);
    wipe(call->basic);
    wipe(call->url);
    stream_release(call->stream);
    free(call->body);
    free(call->basic);
    free(call->url);
    http_response_cleanup(&call->response);
    free(call);
    drop_reference(client);
}

struct http_call *http_call_make(struct http_client *client, const struct http_request *request)
{
    struct http_call *call = mem_alloc(1, sizeof *call);
    call->client = client;
    call->method = request->method;
    call->stop_grace_ms = request->stop_grace_ms;
    call->timeout_ms = request->timeout_ms;
    call->deadline_ms = request->deadline_ms ? request->deadline_ms : CLOCK_NEVER;
    call->send_by_ms = request->send_by_ms ? request->send_by_ms : CLOCK_NEVER;
    call->ignores_stop = request->ignores_stop;
    call->url_is_secret = request->url_is_secret;
    call->parser = request->parser;
    call->url = mem_copy_text(request->url);
    call->body = copy_or_null(request->body);
    call->basic = copy_or_null(request->basic);
    call->response.body = buf_make(request->max_bytes);
    call->started_ms = clock_now_ms();
    if (request->bearer) {
        SCOPED(buf) struct buf value = buf_make(BUF_OWN_TEXT);
        buf_print(&value, "Bearer %s", request->bearer);
        http_call_add_header(call, "Authorization", value.bytes);
        explicit_bzero(value.bytes, value.length);
    }
    /* A header without a value removes a header that curl would add: Content-Type without a body, Expect:
     * 100-continue.
     */
    const char *content_type = request->content_type ? request->content_type : "application/json";
    http_call_add_header(call, "Content-Type", request->body ? content_type : "");
    http_call_add_header(call, "Expect", "");
    return call;
}

void http_call_hand_over(struct http_call *call)
{
    struct http_client *client = call->client;
    pthread_mutex_lock(&client->lock);
    client->references++;
    struct http_call **link = &client->arrived;
    while (*link)
        link = &(*link)->next;
    *link = call;
    curl_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
}

struct http_call *http_start(struct http_client *client, const struct http_request *request)
{
    struct http_call *call = http_call_make(client, request);
    http_call_hand_over(call);
    return call;
}

/* On the owner's thread, whose log context says what the request was for. */
static void log_call(const struct http_call *call)
{
    char name[TRANSFER_NAME];
    const struct http_response *response = &call->response;
    if (!log_wanted(LOG_DEBUG))
        return;
    if (call->err.kind == ERR_NONE)
        log_write_numbers(LOG_DEBUG, "http-request",
                          LOG_NUMBERS({"status", response->status}, {"elapsed_ms", response->elapsed_ms},
                                      {"bytes", (int64_t)response->body.length}),
                          "%s: %d, %" PRId64 " ms, %zu bytes", transfer_name(call, name), response->status,
                          response->elapsed_ms, response->body.length);
    else
        log_debug("http-request", "%s (%" PRId64 " ms, %zu bytes)", call->err.text, response->elapsed_ms,
                  response->body.length);
}

bool http_wait(struct http_call *call, struct http_response *response, struct err *err)
{
    struct http_client *client = call->client;
    pthread_mutex_lock(&client->lock);
    while (!call->done)
        pthread_cond_wait(&client->finished, &client->lock);
    pthread_mutex_unlock(&client->lock);

    log_call(call);
    bool answered = call->err.kind == ERR_NONE;
    if (!answered) {
        *err = call->err;
        buf_release(&call->response.body);
    }
    *response = call->response;
    call->response = (struct http_response){.body = buf_make(0)};
    http_call_release(call);
    return answered;
}

void http_cancel(struct http_call *call)
{
    if (!call)
        return;
    struct http_client *client = call->client;
    pthread_mutex_lock(&client->lock);
    bool done = call->done;
    call->cancelled = true;
    /* Under the lock: the thread cannot end before this, so the handle that is woken is still there. */
    if (!done)
        curl_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
    if (done)
        http_call_release(call);
}

bool http_send(struct http_client *client, const struct http_request *request, struct http_response *response,
               struct err *err)
{
    return http_wait(http_start(client, request), response, err);
}

void http_response_cleanup(struct http_response *response)
{
    if (response->parsed)
        response->release_parsed(response->parsed);
    response->parsed = NULL;
    buf_release(&response->body);
}
