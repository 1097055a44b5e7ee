#include "base/clock.h"
#include "base/stop.h"
#include "wire/http/http_inner.h"

#include <stdio.h>
#include <time.h>

/* How long the thread sleeps when nothing is due; anything that happens wakes it. */
#define LONGEST_WAIT_MS 60000
/* The same while calls are in their grace after a stop. */
#define STOPPED_WAIT_MS 100

/* How many waits may fail one after the other before the running calls are given up, and the pause after
 * each. */
#define MAX_FAILED_WAITS 20
#define FAILED_WAIT_MS 50

static void parse_answer(struct http_call *call)
{
    struct http_response *response = &call->response;
    bool is_good = call->err.kind == ERR_NONE && response->status / 100 == 2;
    if (!is_good || !call->parser.parse || call->cancelled)
        return;
    response->parsed = call->parser.parse(&response->body, call->parser.argument);
    response->release_parsed = call->parser.release;
}

/* Hands a call back to its owner, or frees it where there is none any more. */
static void hand_back(struct http_call *call)
{
    struct http_client *client = call->client;
    if (call->easy) {
        curl_multi_remove_handle(client->multi, call->easy);
        curl_easy_cleanup(call->easy);
        call->easy = NULL;
    }
    call->response.elapsed_ms = clock_now_ms() - call->started_ms;
    call->response.sent = call->sent;
    parse_answer(call);
    /* Before `done` is set: from then on the owner may free the call. */
    if (call->stream)
        stream_end(call->stream);
    pthread_mutex_lock(&client->lock);
    bool cancelled = call->cancelled;
    call->done = true;
    pthread_cond_broadcast(&client->finished);
    pthread_mutex_unlock(&client->lock);
    if (cancelled)
        http_call_release(call);
}

static void start(struct http_call *call)
{
    struct http_client *client = call->client;
    if (!transfer_make(call)) {
        hand_back(call);
        return;
    }
    CURLMcode added = curl_multi_add_handle(client->multi, call->easy);
    if (added != CURLM_OK) {
        transfer_fail(call, ERR_BUG, curl_multi_strerror(added));
        hand_back(call);
        return;
    }
    call->next = client->running;
    client->running = call;
}

/* Starts what has arrived. Returns whether the client is being released. */
static bool take_arrived(struct http_client *client)
{
    pthread_mutex_lock(&client->lock);
    struct http_call *call = client->arrived;
    client->arrived = NULL;
    bool closing = client->closing;
    pthread_mutex_unlock(&client->lock);
    while (call) {
        struct http_call *next = call->next;
        start(call);
        call = next;
    }
    return closing;
}

/* Whether the peer is expected to send: not before the connection is ready, and not while the transfer waits
 * for its owner. */
static bool is_listening(const struct http_call *call)
{
    return call->last_byte_ms && !call->paused;
}

/* Whether a call is to be ended from this side; its error is filled then, unless its owner has cancelled it.
 * stopped_ms: when a stop was seen; 0: none. */
static bool is_overdue(struct http_call *call, int64_t stopped_ms, bool closing, int64_t now_ms)
{
    bool graced = call->sent && now_ms - stopped_ms < call->stop_grace_ms;
    if (stopped_ms && !graced && !call->ignores_stop) {
        (void)stop_error(&call->err);
        return true;
    }
    if (closing) {
        transfer_fail(call, ERR_UNAVAILABLE, "cancelled before an answer arrived");
        return true;
    }
    if (now_ms >= call->deadline_ms) {
        transfer_fail(call, ERR_LATER, "the timeout has passed before the response was complete");
        return true;
    }
    int64_t stall_ms = call->client->stall_timeout_ms;
    if (is_listening(call) && now_ms - call->last_byte_ms >= stall_ms) {
        char duration[DURATION_TEXT];
        char reason[64];
        snprintf(reason, sizeof reason, "no data arrived for %s", duration_format(stall_ms, duration));
        transfer_fail(call, ERR_UNAVAILABLE, reason);
        return true;
    }
    return call->cancelled;
}

static void end_overdue(struct http_client *client, int64_t stopped_ms, bool closing)
{
    int64_t now_ms = clock_now_ms();
    struct http_call **link = &client->running;
    while (*link) {
        struct http_call *call = *link;
        if (!is_overdue(call, stopped_ms, closing, now_ms)) {
            link = &call->next;
            continue;
        }
        *link = call->next;
        hand_back(call);
    }
}

static void resume_streams(struct http_client *client)
{
    for (struct http_call *call = client->running; call; call = call->next)
        if (call->paused)
            stream_resume(call);
}

static void unlink_call(struct http_client *client, const struct http_call *call)
{
    struct http_call **link = &client->running;
    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
}

static void collect_finished(struct http_client *client)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct http_call *call = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        transfer_finish(call, message->data.result);
        unlink_call(client, call);
        hand_back(call);
    }
}

/* The time until the next call may count as stalled or late, or its grace after a stop may be over. */
static int next_due_ms(const struct http_client *client, int64_t stopped_ms)
{
    int64_t now_ms = clock_now_ms();
    int64_t wait_ms = stopped_ms ? STOPPED_WAIT_MS : LONGEST_WAIT_MS;
    for (const struct http_call *call = client->running; call; call = call->next) {
        int64_t stalled_in_ms = call->last_byte_ms + client->stall_timeout_ms - now_ms;
        int64_t late_in_ms = call->deadline_ms - now_ms;
        if (is_listening(call) && stalled_in_ms < wait_ms)
            wait_ms = stalled_in_ms;
        if (late_in_ms < wait_ms)
            wait_ms = late_in_ms;
    }
    return wait_ms > 0 ? (int)wait_ms : 0;
}

static bool lacks_means(CURLMcode code)
{
    return code == CURLM_UNRECOVERABLE_POLL || code == CURLM_OUT_OF_MEMORY;
}

/* curl's multi handle or the waiting itself has failed: none of the running transfers can be completed. */
static void fail_all(struct http_client *client, CURLMcode code)
{
    while (client->running) {
        struct http_call *call = client->running;
        client->running = call->next;
        transfer_fail(call, lacks_means(code) ? ERR_UNAVAILABLE : ERR_BUG, curl_multi_strerror(code));
        hand_back(call);
    }
}

/* Waits for bytes, a new call, or the next due time. The kernel may be short of memory for a moment; an
 * answer is not given up for that, because no service takes a refresh token twice. */
static CURLMcode wait_for_bytes(struct http_client *client, int64_t stopped_ms, unsigned *failed_waits)
{
    /* Once a stop is requested, its descriptor stays readable, so it is no longer waited for. */
    struct curl_waitfd stop = {.fd = stop_fd(), .events = CURL_WAIT_POLLIN};
    bool watch_stop = stop.fd >= 0 && !stopped_ms;
    CURLMcode code = curl_multi_poll(client->multi, &stop, watch_stop, next_due_ms(client, stopped_ms), NULL);
    if (!lacks_means(code)) {
        *failed_waits = 0;
        return code;
    }
    nanosleep(&(struct timespec){.tv_nsec = FAILED_WAIT_MS * 1000000L}, NULL);
    if (++*failed_waits <= MAX_FAILED_WAITS)
        return CURLM_OK;
    /* A call that begins later gets as many waits. */
    *failed_waits = 0;
    return code;
}

void *http_loop(void *context)
{
    struct http_client *client = context;
    int64_t stopped_ms = 0;
    unsigned failed_waits = 0;
    for (;;) {
        bool closing = take_arrived(client);
        if (stopped_ms == 0 && stop_requested())
            stopped_ms = clock_now_ms();
        end_overdue(client, stopped_ms, closing);
        if (closing)
            return NULL;

        resume_streams(client);
        int active = 0;
        CURLMcode code = curl_multi_perform(client->multi, &active);
        collect_finished(client);
        if (code == CURLM_OK)
            code = wait_for_bytes(client, stopped_ms, &failed_waits);
        if (code != CURLM_OK)
            fail_all(client, code);
    }
}
