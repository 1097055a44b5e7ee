#include "report/ping.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/readable.h"
#include "base/stop.h"
#include "report/ping_inner.h"
#include "wire/http/http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The time limit of ping_end(), which first waits for a start ping that is still being sent. */
#define LIMIT_MS 10000

/* The time limit of one attempt. At most what remains after a stop request (END_AFTER_STOP_MS), which may
 * come in the middle of an attempt. */
#define ATTEMPT_MS 4000
#define ATTEMPTS 3
#define FIRST_WAIT_MS 250

/* The last ping has at least this time, even if less is left after a stop request. */
#define MIN_MS 300

/* The body of an answer is read and ignored. */
#define MAX_ANSWER ((size_t)64 << 10)

/* The body shows at most this many failures, and this much of the text of each. */
#define SHOWN_FAILURES 20
#define SHOWN_BYTES 400

struct ping {
    const char *url;
    struct http_client *http;
    struct http_call *start;
};

void ping_put_url(struct buf *out, const char *url, const char *segment)
{
    size_t path = strcspn(url, "?");
    size_t kept = path;
    while (*segment && kept > 0 && url[kept - 1] == '/')
        kept--;
    buf_print(out, "%.*s%s%s%s", (int)kept, url, *segment ? "/" : "", segment, url + path);
}

static void put_failure(struct buf *out, const struct run_item *item)
{
    char window[WINDOW_TEXT];
    char reason[SHOWN_BYTES];
    const struct err *err = &item->result.err;
    /* An ERR_DATA text quotes values that could not be loaded. They can contain names of people. */
    const char *text =
        err->kind == ERR_DATA ? "the data cannot be loaded as it is: the log says why" : err->text;
    window_format(&item->chunk.window, window);
    buf_print(out, "%s %s%s%s: %s\n", item->chunk.job->name, item->chunk.contract, *window ? " " : "", window,
              text_excerpt(text, strlen(text), reason, sizeof reason));
}

/* The same of a chunk of a round, whose host is named. */
static void put_round_failure(struct buf *out, const struct work_failure *failure)
{
    char window[WINDOW_TEXT];
    char reason[SHOWN_BYTES];
    const char *text =
        failure->kind == ERR_DATA ? "the data cannot be loaded as it is: the log says why" : failure->error;
    window_format(&failure->window, window);
    buf_print(out, "%s %s%s%s%s%s: %s\n", failure->job, failure->contract, *window ? " " : "", window,
              *failure->host ? " on host " : "", failure->host,
              text_excerpt(text, strlen(text), reason, sizeof reason));
}

/* Returns how many there are; so many are shown at most. */
static size_t put_failures(struct buf *out, const struct run_outcome *outcome)
{
    size_t failed = 0;
    const struct work_failures *failures = &outcome->share.failures;
    for (size_t i = 0; outcome->share.name && i < failures->count; i++)
        if (failed++ < SHOWN_FAILURES)
            put_round_failure(out, &failures->items[i]);
    for (size_t i = 0; !outcome->share.name && i < outcome->count; i++)
        if (outcome->items[i].result.status == CHUNK_FAILED && failed++ < SHOWN_FAILURES)
            put_failure(out, &outcome->items[i]);
    return failed;
}

static void put_outcome(struct buf *out, const struct run_outcome *outcome)
{
    uint64_t requests = 0;
    size_t succeeded = 0;
    size_t unchanged = 0;
    for (size_t i = 0; i < outcome->count; i++) {
        requests += outcome->items[i].result.requests;
        succeeded += outcome->items[i].result.status == CHUNK_SUCCEEDED;
        unchanged += outcome->items[i].result.is_unchanged;
    }
    buf_print(out, "%zu of %zu succeeded, ", succeeded, outcome->count);
    if (unchanged > 0)
        buf_print(out, "%zu unchanged, ", unchanged);
    requests += outcome->change_requests;
    buf_print(out, "%" PRIu64 " request%s\n", requests, readable_plural(requests));
    size_t failed = put_failures(out, outcome);
    if (failed > SHOWN_FAILURES)
        buf_print(out, "and %zu more failed\n", failed - SHOWN_FAILURES);
}

void ping_put_body(struct buf *out, const struct run_end *end)
{
    char reason[SHOWN_BYTES];
    buf_print(out, "exit code %d after %.1f s\n", end->exit_code, (double)end->elapsed_ms / 1000);
    if (end->outcome->count > 0)
        put_outcome(out, end->outcome);
    if (end->err->kind != ERR_NONE)
        buf_print(out, "%s\n", text_excerpt(end->err->text, strlen(end->err->text), reason, sizeof reason));
    if (end->broken > 0)
        buf_print(out, "%zu job files have errors: tokenflex-etl check shows them\n", end->broken);
}

static struct http_request make_request(const char *url, const char *body, int64_t timeout_ms)
{
    return (struct http_request){
        .method = HTTP_POST,
        .url = url,
        .content_type = "text/plain; charset=utf-8",
        .body = body,
        .timeout_ms = timeout_ms,
        .url_is_secret = true,
        .max_bytes = MAX_ANSWER,
    };
}

struct ping *ping_begin(const struct settings *settings, const char *user_agent)
{
    struct err err;
    struct http_options options = {.user_agent = user_agent, .connect_timeout_ms = ATTEMPT_MS};
    if (!*settings->run.ping_url)
        return NULL;
    struct http_client *http = http_client_make(&options, &err);
    if (!http) {
        log_warn("ping-failed", "no ping is sent: %s", err.text);
        return NULL;
    }
    struct ping *ping = mem_alloc(1, sizeof *ping);
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    ping_put_url(&url, settings->run.ping_url, "start");
    struct http_request request = make_request(buf_text(&url), NULL, ATTEMPT_MS);
    *ping = (struct ping){settings->run.ping_url, http, http_start(http, &request)};
    return ping;
}

/* Whether the receiver accepted the ping. *is_temporary: another attempt may succeed. */
static bool is_taken(const struct ping *ping, const struct http_response *response, bool *is_temporary,
                     struct err *err)
{
    struct http_origin origin;
    *is_temporary = response->status >= 500 || response->status == 429;
    if (response->status >= 200 && response->status < 300)
        return true;
    bool named = http_origin_of(ping->url, &origin);
    return err_set(err, ERR_UNAVAILABLE, "%s answers %d", named ? origin.host : "the receiver",
                   response->status);
}

static void warn(const char *what, const struct err *err)
{
    log_warn("ping-failed", "run.ping_url did not receive the run's %s: %s", what, err->text);
}

/* Waits for the start ping, so that the receiver gets it before the end ping. A failed start ping is not
 * repeated. */
static void finish_start(struct ping *ping)
{
    struct err err;
    bool is_temporary;
    SCOPED(http_response) struct http_response response;
    bool taken = http_wait(ping->start, &response, &err) && is_taken(ping, &response, &is_temporary, &err);
    if (!taken && err.kind != ERR_STOPPED)
        warn("start", &err);
}

static bool send_once(const struct ping *ping, const struct http_request *request, bool *is_temporary,
                      struct err *err)
{
    SCOPED(http_response) struct http_response response;
    *is_temporary = true;
    return http_send(ping->http, request, &response, err) && is_taken(ping, &response, is_temporary, err);
}

static int64_t time_left_ms(int64_t deadline_ms)
{
    int64_t stop_ms = stop_deadline(END_AFTER_STOP_MS);
    int64_t left_ms = (stop_ms < deadline_ms ? stop_ms : deadline_ms) - clock_now_ms();
    return left_ms < ATTEMPT_MS ? left_ms : ATTEMPT_MS;
}

static bool send_end(const struct ping *ping, struct http_request *request, int64_t deadline_ms,
                     struct err *err)
{
    for (unsigned attempt = 0;; attempt++) {
        struct err ignored;
        bool is_temporary;
        int64_t left_ms = time_left_ms(deadline_ms);
        request->timeout_ms = left_ms > MIN_MS ? left_ms : MIN_MS;
        if (send_once(ping, request, &is_temporary, err))
            return true;
        int64_t wait_ms = FIRST_WAIT_MS << attempt;
        bool again = is_temporary && attempt + 1 < ATTEMPTS && time_left_ms(deadline_ms) > wait_ms + MIN_MS;
        if (!again || !stop_sleep(wait_ms, &ignored))
            return false;
    }
}

void ping_end(struct ping *ping, const struct run_end *end)
{
    struct err err;
    char code[16] = "";
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    if (!ping)
        return;
    int64_t deadline_ms = clock_deadline(LIMIT_MS);
    if (end->exit_code != 0)
        snprintf(code, sizeof code, "%d", end->exit_code);
    ping_put_url(&url, ping->url, code);
    ping_put_body(&body, end);
    finish_start(ping);
    struct http_request request = make_request(buf_text(&url), buf_text(&body), 0);
    request.ignores_stop = true;
    if (!send_end(ping, &request, deadline_ms, &err))
        warn("end", &err);
    http_client_release(ping->http);
    free(ping);
}
