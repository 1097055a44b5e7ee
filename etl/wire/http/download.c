#include "wire/http/download.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stop.h"
#include "base/text.h"
#include "wire/http/download_inner.h"
#include "wire/http/http_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Decisions about an answer. */

static bool is_one_of(const char *word, size_t length, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], word, length) == 0)
            return true;
    return false;
}

/* content_encoding is a list. Object stores also send what the upload had there, such as `aws-chunked` or
 * `UTF-8`: that is no compression. */
static bool check_coding(const char *content_encoding, struct err *err)
{
    static const char *const good[] = {"gzip", "x-gzip", "identity", "aws-chunked", "utf-8", "utf8"};
    const char *at = content_encoding + strspn(content_encoding, ", \t");
    bool is_known = true;
    while (*at && is_known) {
        size_t length = strcspn(at, ", \t");
        is_known = is_one_of(at, length, good, COUNT_OF(good));
        at += length;
        at += strspn(at, ", \t");
    }
    if (is_known)
        return true;
    char shown[40];
    return err_set(err, ERR_DATA, "the file comes in the Content-Encoding `%s`, which was not requested",
                   text_excerpt(content_encoding, strlen(content_encoding), shown, sizeof shown));
}

uint32_t download_checksum(uint32_t before, const char *bytes, size_t length)
{
    return (uint32_t)crc32_z(before, (const Bytef *)bytes, length);
}

static enum download_verdict judge_status(int status)
{
    switch (status) {
    case 200:
        return DOWNLOAD_FILE;
    case 408:
    case 416:
    case 429:
        return DOWNLOAD_FAILED;
    default:
        return status >= 400 && status < 500 ? DOWNLOAD_REFUSED : DOWNLOAD_FAILED;
    }
}

/* A length that is too large for a number is never reached. */
static bool read_length(const char *text, uint64_t *length)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return false;
    if (!text_to_uint(text, INT64_MAX, length))
        *length = INT64_MAX;
    return true;
}

bool download_judge(const struct download_head *head, struct download_answer *answer, struct err *err)
{
    uint64_t length;
    bool sized = read_length(head->content_length, &length);
    *answer = (struct download_answer){
        .verdict = judge_status(head->status),
        .status = head->status,
        .total = sized ? length : DOWNLOAD_UNKNOWN,
        .proof = head->chunked ? DOWNLOAD_BY_CHUNKS
                 : sized       ? DOWNLOAD_BY_LENGTH
                               : DOWNLOAD_UNPROVED,
    };
    snprintf(answer->retry_after, sizeof answer->retry_after, "%s", head->retry_after);
    snprintf(answer->date, sizeof answer->date, "%s", head->date);
    return answer->verdict != DOWNLOAD_FILE || check_coding(head->content_encoding, err);
}

static bool is_scheme(CURLU *url, const char *scheme)
{
    char *found = NULL;
    bool same = curl_url_get(url, CURLUPART_SCHEME, &found, 0) == CURLUE_OK && strcasecmp(found, scheme) == 0;
    curl_free(found);
    return same;
}

/* A fragment is no part of what is requested. */
static bool put_url(CURLU *url, struct buf *to)
{
    char *text = NULL;
    bool good = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK && buf_append_text(to, text);
    if (text)
        explicit_bzero(text, strlen(text));
    curl_free(text);
    return good;
}

bool download_resolve(const char *from, const char *location, struct buf *to, struct err *err)
{
    CURLU *url = curl_url();
    /* A blank, or a byte past ASCII, is encoded; what is encoded already stays as it is. */
    const unsigned lenient = CURLU_DISALLOW_USER | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    const char *why = NULL;
    if (!url || curl_url_set(url, CURLUPART_URL, from, lenient) != CURLUE_OK)
        why = "from an address that is not http or https";
    bool was_safe = !why && is_scheme(url, "https");
    if (!why && curl_url_set(url, CURLUPART_URL, location, lenient) != CURLUE_OK)
        why = "to an address that is not http or https";
    if (!why && !is_scheme(url, "https") && !is_scheme(url, "http"))
        why = "to an address that is not http or https";
    if (!why && was_safe && !is_scheme(url, "https"))
        why = "from https to http";
    if (!why && !put_url(url, to))
        why = "to an address that is too long";
    curl_url_cleanup(url);
    return !why || err_set(err, ERR_DATA, "the download is redirected %s: not followed", why);
}

/* The download itself. */

struct download {
    struct http_call *call;
};

static struct http_call *ask(struct http_client *client, const struct download_request *request,
                             const char *url)
{
    struct http_request plain = {.method = HTTP_GET, .url = url, .deadline_ms = request->deadline_ms};
    secret_remember_address(url);
    struct http_call *call = http_call_make(client, &plain);
    call->stream = stream_make();
    http_call_add_header(call, "Accept-Encoding", "gzip");
    http_call_hand_over(call);
    return call;
}

/* On the owner's thread, whose log context says what the file was for. status: 0 where no head came. */
static void log_end(const struct http_call *call, bool ended, int status)
{
    char name[TRANSFER_NAME];
    if (!log_wanted(LOG_DEBUG))
        return;
    if (!ended)
        log_debug("http-request", "%s: %d, not read to its end", transfer_name(call, name), status);
    else if (call->err.kind == ERR_NONE)
        log_write_numbers(LOG_DEBUG, "http-request",
                          LOG_NUMBERS({"status", status}, {"elapsed_ms", call->response.elapsed_ms},
                                      {"bytes", (int64_t)call->received}),
                          "%s: %d, %" PRId64 " ms, %" PRIu64 " bytes", transfer_name(call, name), status,
                          call->response.elapsed_ms, call->received);
    else
        log_debug("http-request", "%s (%" PRId64 " ms, %" PRIu64 " bytes)", call->err.text,
                  call->response.elapsed_ms, call->received);
}

static void end_call(struct http_call *call)
{
    pthread_mutex_lock(&call->stream->lock);
    bool ended = call->stream->ended;
    int status = call->stream->head.status;
    pthread_mutex_unlock(&call->stream->lock);
    log_end(call, ended, status);
    http_cancel(call);
}

static bool is_redirect(const struct stream_head *head)
{
    switch (head->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return head->location != NULL;
    default:
        return false;
    }
}

static bool read_head(const struct stream_head *head, struct download_answer *answer, struct err *err)
{
    struct download_head told = {
        .status = head->status,
        .chunked = head->chunked,
        .content_length = head->content_length,
        .content_encoding = head->content_encoding,
        .retry_after = head->retry_after,
        .date = head->date,
    };
    return download_judge(&told, answer, err);
}

static void wipe(struct buf *url)
{
    if (url->bytes)
        explicit_bzero(url->bytes, url->capacity);
    buf_release(url);
}

#define MAX_URL_BYTES ((size_t)64 << 10)

/* One request. *next is where a redirect leads; empty where the answer is the one to keep. */
static struct http_call *ask_once(struct http_client *client, const struct download_request *request,
                                  const char *url, struct download_answer *answer, struct buf *next,
                                  struct err *err)
{
    struct http_call *call = ask(client, request, url);
    const struct stream_head *head = stream_await_head(call);
    bool good = head != NULL;
    if (!good)
        *err = call->err;
    else if (is_redirect(head))
        good = download_resolve(url, head->location, next, err);
    else
        good = read_head(head, answer, err);
    if (good && next->length == 0)
        return call;
    end_call(call);
    return NULL;
}

struct download *download_open(struct http_client *client, const struct download_request *request,
                               struct download_answer *answer, struct err *err)
{
    struct http_call *call = NULL;
    struct buf url = buf_make(MAX_URL_BYTES);
    if (!buf_append_text(&url, request->url)) {
        err_set(err, ERR_DATA, "the address of the file is longer than %zu bytes", MAX_URL_BYTES);
        return NULL;
    }
    for (unsigned redirects = 0;; redirects++) {
        struct buf next = buf_make(MAX_URL_BYTES);
        call = ask_once(client, request, buf_text(&url), answer, &next, err);
        wipe(&url);
        url = next;
        if (call || next.length == 0)
            break;
        if (redirects == DOWNLOAD_MAX_REDIRECTS) {
            err_set(err, ERR_UNAVAILABLE, "the download is redirected more than %d times",
                    DOWNLOAD_MAX_REDIRECTS);
            break;
        }
    }
    wipe(&url);
    if (!call)
        return NULL;
    struct download *download = mem_alloc(1, sizeof *download);
    download->call = call;
    return download;
}

bool download_read(struct download *download, struct download_block *block, struct err *err)
{
    struct http_call *call = download->call;
    *block = (struct download_block){0};
    if (stop_requested())
        return stop_error(err);
    if (stream_next(call, &block->bytes, &block->length))
        return true;
    block->ended = call->err.kind == ERR_NONE;
    if (!block->ended)
        *err = call->err;
    return block->ended;
}

void download_close(struct download *download)
{
    if (!download)
        return;
    end_call(download->call);
    free(download);
}

void download_cleanup(struct download **download)
{
    download_close(*download);
}
