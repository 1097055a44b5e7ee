#include "base/clock.h"
#include "base/mem.h"
#include "wire/http/http_inner.h"

#include <stdlib.h>
#include <string.h>

struct http_stream *stream_make(void)
{
    struct http_stream *stream = mem_alloc(1, sizeof *stream);
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->changed, NULL);
    stream->waiting = buf_make(STREAM_BLOCK_BYTES);
    stream->taken = buf_make(STREAM_BLOCK_BYTES);
    return stream;
}

void stream_release(struct http_stream *stream)
{
    if (!stream)
        return;
    if (stream->head.location)
        explicit_bzero(stream->head.location, strlen(stream->head.location));
    free(stream->head.location);
    buf_release(&stream->waiting);
    buf_release(&stream->taken);
    pthread_cond_destroy(&stream->changed);
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

/* A header of the last answer, borrowed from curl; "" where there is none. */
static const char *header_of(const struct http_call *call, const char *name)
{
    struct curl_header *header = NULL;
    return curl_easy_header(call->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

/* A header that does not fit is left out: a truncated header would have another meaning. */
static void copy_header(const struct http_call *call, const char *name, char *out, size_t size)
{
    const char *value = header_of(call, name);
    size_t length = strlen(value);
    if (length < size)
        memcpy(out, value, length + 1);
}

/* Only the last coding shows where the body ends. */
static bool ends_in_chunked(const char *transfer_encoding)
{
    size_t length = strlen(transfer_encoding);
    return length >= 7 && strcasecmp(transfer_encoding + length - 7, "chunked") == 0;
}

void stream_note_head(struct http_call *call)
{
    struct http_stream *stream = call->stream;
    struct stream_head head = {0};
    long status = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    head.status = (int)status;
    head.chunked = ends_in_chunked(header_of(call, "Transfer-Encoding"));
    copy_header(call, "Content-Length", head.content_length, sizeof head.content_length);
    copy_header(call, "Content-Encoding", head.content_encoding, sizeof head.content_encoding);
    copy_header(call, "Date", head.date, sizeof head.date);
    snprintf(head.retry_after, sizeof head.retry_after, "%s", header_of(call, "Retry-After"));
    const char *location = header_of(call, "Location");
    head.location = *location ? mem_copy_text(location) : NULL;
    pthread_mutex_lock(&stream->lock);
    stream->head = head;
    stream->head_came = true;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
}

bool stream_take(struct http_call *call, const char *bytes, size_t length)
{
    struct http_stream *stream = call->stream;
    pthread_mutex_lock(&stream->lock);
    bool taken = buf_append(&stream->waiting, bytes, length);
    stream->full = !taken;
    if (taken)
        pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    call->paused = !taken;
    return taken;
}

void stream_resume(struct http_call *call)
{
    pthread_mutex_lock(&call->stream->lock);
    bool full = call->stream->full;
    pthread_mutex_unlock(&call->stream->lock);
    if (full)
        return;
    /* The pause was ours, so the stall timeout starts again now. */
    call->paused = false;
    call->last_byte_ms = clock_now_ms();
    curl_easy_pause(call->easy, CURLPAUSE_CONT);
}

void stream_end(struct http_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->ended = true;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
}

const struct stream_head *stream_await_head(struct http_call *call)
{
    struct http_stream *stream = call->stream;
    pthread_mutex_lock(&stream->lock);
    while (!stream->head_came && !stream->ended)
        pthread_cond_wait(&stream->changed, &stream->lock);
    bool came = stream->head_came;
    pthread_mutex_unlock(&stream->lock);
    return came ? &stream->head : NULL;
}

/* Under the client's lock: the thread cannot end before this, so the handle that is woken is still there. */
static void wake_thread(struct http_call *call)
{
    struct http_client *client = call->client;
    pthread_mutex_lock(&client->lock);
    if (!call->done)
        curl_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
}

bool stream_next(struct http_call *call, const char **bytes, size_t *length)
{
    struct http_stream *stream = call->stream;
    pthread_mutex_lock(&stream->lock);
    while (stream->waiting.length == 0 && !stream->ended)
        pthread_cond_wait(&stream->changed, &stream->lock);
    struct buf next = stream->waiting;
    stream->waiting = stream->taken;
    stream->taken = next;
    buf_clear(&stream->waiting);
    bool was_full = stream->full;
    stream->full = false;
    pthread_mutex_unlock(&stream->lock);
    if (was_full)
        wake_thread(call);
    *bytes = buf_text(&stream->taken);
    *length = stream->taken.length;
    return *length > 0;
}
