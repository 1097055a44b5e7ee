#include "base/clock.h"
#include "wire/http/http_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What curl reads at once from a download's connection. */
#define STREAM_READ_BYTES (128L << 10)

static const char *const method_names[] = {
    [HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_DELETE] = "DELETE"};

const char *transfer_name(const struct http_call *call, char out[TRANSFER_NAME])
{
    char url[TRANSFER_NAME - 16];
    http_safe_url(call->url, url, sizeof url);
    /* A download's URL is shown by its host alone. */
    char *host = call->stream || call->url_is_secret ? strstr(url, "://") : NULL;
    if (host)
        host[3 + strcspn(host + 3, "/\\")] = '\0';
    snprintf(out, TRANSFER_NAME, "%s %s", method_names[call->method], url);
    return out;
}

void transfer_fail(struct http_call *call, enum err_kind kind, const char *reason)
{
    char name[TRANSFER_NAME];
    (void)err_set(&call->err, kind, "%s: %s", transfer_name(call, name), reason);
}

/* Callbacks. They run on the I/O thread. */

/* Whether the answer is not an interim one (1xx), which another header follows. */
static bool is_final(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200;
}

/* Trailers may follow a chunked body: they do not count as a second header. */
static void note_head(struct http_call *call)
{
    if (call->stream && !call->head_came)
        stream_note_head(call);
    call->head_came = true;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    call->last_byte_ms = clock_now_ms();
    bool is_last = size * count > 0 && (*bytes == '\r' || *bytes == '\n');
    if (is_last && is_final(call->easy))
        note_head(call);
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    size_t length = size * count;
    call->last_byte_ms = clock_now_ms();
    if (call->stream && !stream_take(call, bytes, length))
        return CURL_WRITEFUNC_PAUSE;
    /* What is not taken whole ends the transfer with CURLE_WRITE_ERROR. */
    if (!call->stream && !buf_append(&call->response.body, bytes, length))
        return CURL_WRITEFUNC_ERROR;
    call->received += length;
    return length;
}

/* The connection is ready, and the request is about to be sent. If a kept connection turns out to be closed,
 * curl would send the request again without taking it from the budget. This is refused.
 */
static int on_connected(void *context, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    struct http_call *call = context;
    int64_t now_ms = clock_now_ms();
    call->response.was_late = !call->sent && now_ms > call->send_by_ms;
    if (call->sent || call->response.was_late)
        return CURL_PREREQFUNC_ABORT;
    call->sent = true;
    call->last_byte_ms = now_ms;
    return CURL_PREREQFUNC_OK;
}

/* A request. */

static void set_method(CURL *easy, struct http_call *call)
{
    if (call->method == HTTP_POST || call->body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body ? call->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(call->body ? strlen(call->body) : 0));
    }
    if (call->method == HTTP_DELETE || (call->method == HTTP_GET && call->body))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_names[call->method]);
    /* A kept connection may have been closed unnoticed. That must not leave the outcome of a POST unknown. */
    if (call->method == HTTP_POST)
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_trust(CURL *easy, const struct http_client *client)
{
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (client->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
}

static void set_callbacks(CURL *easy, struct http_call *call)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->curl_says);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
}

/*
 * A download comes on a connection of its own, which ends with it, and by HTTP/1.1: when it is paused, the
 * peer has to wait, and nothing else does. The body is handed on as it comes, compressed where it is.
 */
static void set_stream(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, STREAM_READ_BYTES);
}

static bool has_line_end(const struct curl_slist *header)
{
    for (; header; header = header->next)
        if (strpbrk(header->data, "\r\n"))
            return true;
    return false;
}

bool transfer_make(struct http_call *call)
{
    const struct http_client *client = call->client;
    struct http_origin origin;
    if (!http_origin_of(call->url, &origin)) {
        transfer_fail(call, ERR_DATA, "this is not an http or https URL");
        return false;
    }
    if (has_line_end(call->headers)) {
        transfer_fail(call, ERR_DATA, "a header value contains a line end");
        return false;
    }
    CURL *easy = curl_easy_init();
    if (!easy) {
        transfer_fail(call, ERR_UNAVAILABLE, "curl has no memory for a transfer");
        return false;
    }
    call->easy = easy;
    set_callbacks(easy, call);
    set_trust(easy, client);
    set_method(easy, call);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    /* This machine is reached without a proxy, whatever the environment says: a token stays on it. */
    if (http_is_loopback(&origin))
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent);
    if (call->stream)
        set_stream(easy);
    else
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A stop does not wait for a name server that does not answer. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    if (call->basic) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERPWD, call->basic);
    }
    return true;
}

/* An answer, or the reason why none came. */

static const struct {
    CURLcode code;
    enum err_kind kind;
    const char *reason; /* NULL: what curl says */
    const char *hint;   /* NULL: none */
} verdicts[] = {
    {CURLE_URL_MALFORMAT, ERR_DATA, "this is not an http or https URL", NULL},
    {CURLE_LOGIN_DENIED, ERR_DATA, "a URL with a user in it is not fetched", NULL},
    {CURLE_COULDNT_RESOLVE_HOST, ERR_UNAVAILABLE, NULL,
     "check the host's name, the name server, and whether a proxy is needed (https_proxy)"},
    {CURLE_COULDNT_RESOLVE_PROXY, ERR_UNAVAILABLE, NULL,
     "check https_proxy and http_proxy in the environment"},
    {CURLE_COULDNT_CONNECT, ERR_UNAVAILABLE, NULL,
     "check that the host can be reached from here, and whether a proxy is needed (https_proxy)"},
    {CURLE_PEER_FAILED_VERIFICATION, ERR_UNAVAILABLE, NULL,
     "where a proxy or an authority of your own signs the certificate, name its certificate in api.ca_file"},
    {CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, NULL, "check api.ca_file: a PEM file that this user can read"},
    {CURLE_BAD_CONTENT_ENCODING, ERR_UNAVAILABLE, "the answer's compression is broken", NULL},
};

static bool was_cut(CURLcode result)
{
    return result == CURLE_PARTIAL_FILE || result == CURLE_RECV_ERROR || result == CURLE_GOT_NOTHING ||
           result == CURLE_HTTP2_STREAM;
}

static void explain(struct http_call *call, CURLcode result)
{
    const char *reason = call->curl_says[0] ? call->curl_says : curl_easy_strerror(result);
    char text[CURL_ERROR_SIZE + 128];
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        if (verdicts[i].code != result)
            continue;
        transfer_fail(call, verdicts[i].kind, verdicts[i].reason ? verdicts[i].reason : reason);
        if (verdicts[i].hint)
            (void)err_hint(&call->err, "%s", verdicts[i].hint);
        return;
    }
    if (result == CURLE_WRITE_ERROR) {
        snprintf(text, sizeof text, "answer larger than %zu bytes", call->response.body.max_bytes);
        transfer_fail(call, ERR_DATA, text);
    } else if (call->response.was_late) {
        transfer_fail(call, ERR_UNAVAILABLE, "not sent: the connection was ready too late");
    } else if (result == CURLE_ABORTED_BY_CALLBACK) {
        transfer_fail(call, ERR_UNAVAILABLE, "no answer came: the kept connection was closed");
    } else if (was_cut(result) && call->response.status) {
        snprintf(text, sizeof text, "the answer was cut short after %" PRIu64 " bytes (%s)", call->received,
                 reason);
        transfer_fail(call, ERR_UNAVAILABLE, text);
    } else if (was_cut(result)) {
        snprintf(text, sizeof text, "no answer came: %s", reason);
        transfer_fail(call, ERR_UNAVAILABLE, text);
    } else {
        transfer_fail(call, ERR_UNAVAILABLE, reason);
    }
}

static void take_header(struct http_call *call, const char *name, char *out, size_t size)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(call->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        snprintf(out, size, "%s", header->value);
}

void transfer_finish(struct http_call *call, CURLcode result)
{
    struct http_response *response = &call->response;
    const char *content_type = NULL;
    long status = 0;
    /* If the connection closes inside the header, curl treats the part received as a complete answer. */
    if (!call->head_came) {
        if (result == CURLE_OK)
            transfer_fail(call, ERR_UNAVAILABLE,
                          "no answer came: the connection was closed inside its header");
        else
            explain(call, result);
        return;
    }
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &content_type);
    response->status = (int)status;
    if (content_type)
        snprintf(response->content_type, sizeof response->content_type, "%s", content_type);
    take_header(call, "Retry-After", response->retry_after, sizeof response->retry_after);
    take_header(call, "Date", response->date, sizeof response->date);
    if (result != CURLE_OK)
        explain(call, result);
}
