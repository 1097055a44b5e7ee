#include "cli/loopback.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_URL ((size_t)64 << 10)
#define CHECK_MS 50

struct loopback {
    struct MHD_Daemon *daemon;
    pthread_mutex_t mutex; /* guards the rest, which the daemon's thread fills */
    bool was_called;       /* url is filled */
    bool arrived;          /* and the browser has its answer */
    struct buf url;
};

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *page)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(page), (void *)(uintptr_t)page, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result put_argument(void *context, enum MHD_ValueKind kind UNUSED, const char *name,
                                    const char *value)
{
    struct buf *url = context;
    if (!buf_append(url, url->length ? "&" : "?", 1) || !buf_append_text(url, name) ||
        !buf_append(url, "=", 1))
        return MHD_NO;
    for (; value && *value; value++) {
        char encoded[4];
        snprintf(encoded, sizeof encoded, "%%%02X", (unsigned char)*value);
        if (!buf_append_text(url, encoded))
            return MHD_NO;
    }
    return MHD_YES;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version UNUSED, const char *upload UNUSED,
                              size_t *upload_size UNUSED, void **state UNUSED)
{
    static const char done[] = "<!doctype html><title>tokenflex-etl</title><p>The login continues in the "
                               "terminal. You can close this page.</p>";
    static const char lost[] = "<!doctype html><title>tokenflex-etl</title><p>There is nothing here.</p>";
    struct loopback *loopback = context;
    if (!text_equal(path, LOOPBACK_PATH) || !text_equal(method, "GET"))
        return reply(connection, MHD_HTTP_NOT_FOUND, lost);
    pthread_mutex_lock(&loopback->mutex);
    if (!loopback->was_called) {
        MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, put_argument, &loopback->url);
        loopback->was_called = true;
    }
    pthread_mutex_unlock(&loopback->mutex);
    return reply(connection, MHD_HTTP_OK, done);
}

/* The answer has been sent, or nobody waits for it any more: from now on the listener may be closed. */
static void complete(void *context, struct MHD_Connection *connection UNUSED, void **state UNUSED,
                     enum MHD_RequestTerminationCode how UNUSED)
{
    struct loopback *loopback = context;
    pthread_mutex_lock(&loopback->mutex);
    loopback->arrived = loopback->was_called;
    pthread_mutex_unlock(&loopback->mutex);
}

struct loopback *loopback_open(uint16_t port, struct err *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct loopback *loopback = mem_alloc(1, sizeof *loopback);
    loopback->url = buf_make(MAX_URL);
    pthread_mutex_init(&loopback->mutex, NULL);
    loopback->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, answer, loopback,
                                        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, complete,
                                        loopback, MHD_OPTION_END);
    if (loopback->daemon)
        return loopback;
    err_set(err, ERR_UNAVAILABLE, "cannot listen on 127.0.0.1 port %u for the browser: %s", port,
            strerror(errno));
    err_hint(err, "use --no-browser, or register another port and name it with --port");
    loopback_close(loopback);
    return NULL;
}

void loopback_close(struct loopback *loopback)
{
    if (!loopback)
        return;
    if (loopback->daemon)
        MHD_stop_daemon(loopback->daemon);
    pthread_mutex_destroy(&loopback->mutex);
    buf_release(&loopback->url);
    free(loopback);
}

bool loopback_wait(struct loopback *loopback, int64_t wait_ms, struct buf *url, struct err *err)
{
    int64_t deadline_ms = clock_deadline(wait_ms);
    for (;;) {
        pthread_mutex_lock(&loopback->mutex);
        bool arrived = loopback->arrived;
        bool kept = arrived && buf_append(url, loopback->url.bytes, loopback->url.length);
        pthread_mutex_unlock(&loopback->mutex);
        if (arrived)
            return kept || err_set(err, ERR_AUTH, "the browser returned with an address that is too long");
        if (clock_now_ms() > deadline_ms)
            return err_set(err, ERR_AUTH,
                           "the browser did not return from the login page within %.0f minutes",
                           (double)wait_ms / 60000);
        if (!stop_sleep(CHECK_MS, err))
            return false;
    }
}
