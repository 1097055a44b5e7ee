#include "api/export.h"

#include "api/export_inner.h"
#include "api/export_post.h"
#include "api/poll.h"
#include "api/service_error.h"
#include "api/url.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"

#include <string.h>

/* Ceilings of the answers. */
#define MAX_ONE ((size_t)1 << 20)
#define MAX_LIST ((size_t)16 << 20)

struct export export_make(struct api *api, const char *contract)
{
    return (struct export){
        .api = api,
        .contract = contract,
        .key = buf_make(BUF_OWN_TEXT),
        .url = buf_make(EXPORT_MAX_URL),
        .ready_ms = -1,
    };
}

static void wipe(struct buf *secret)
{
    if (secret->bytes)
        explicit_bzero(secret->bytes, secret->capacity);
    buf_clear(secret);
}

void export_cleanup(struct export *export)
{
    wipe(&export->url);
    buf_release(&export->url);
    buf_release(&export->key);
}

/* Addresses and bodies. */

static void put_requests(struct buf *url, const struct export *export)
{
    buf_print(url, "%s" API_ROOT "/export/", export->api->settings->api.base_url);
    http_put_encoded(url, export->contract);
    buf_put(url, "/requests");
}

/* action: "", or one with a slash in front. */
static void put_request(struct buf *url, const struct export *export, const char *action)
{
    put_requests(url, export);
    buf_put(url, "/");
    http_put_encoded(url, buf_text(&export->key));
    buf_put(url, action);
}

void export_put_body(struct buf *text, const char *body, const char *file_name)
{
    buf_put(text, body);
    struct json_writer json = json_writer_reopen(text);
    json_put_text(&json, "downloadFileName", file_name);
    json_end(&json);
}

/* Answers. */

/* An answer that has been read. Owned: answered_cleanup(). */
struct answered {
    struct arena *arena;
    struct export_answer answer;
    const char *file_name; /* the name to find in a list */
    bool found;
    struct http_response response;
};

static void answered_cleanup(struct answered *answered)
{
    http_response_cleanup(&answered->response);
    arena_release(answered->arena);
}

/* A repeated request brings another answer: what was read from the first one is dropped. */
static struct arena *fresh_arena(struct answered *answered)
{
    arena_release(answered->arena);
    answered->arena = arena_make();
    return answered->arena;
}

static bool read_one(void *context, struct buf *body, struct err *err)
{
    struct answered *answered = context;
    return export_answer_read(buf_text(body), body->length, fresh_arena(answered), &answered->answer, err);
}

static bool read_url(void *context, struct buf *body, struct err *err)
{
    struct answered *answered = context;
    return export_answer_read_url(buf_text(body), body->length, fresh_arena(answered), &answered->answer,
                                  err);
}

static bool read_list(void *context, struct buf *body, struct err *err)
{
    struct answered *answered = context;
    return export_answer_find(buf_text(body), body->length, answered->file_name, fresh_arena(answered),
                              &answered->answer, &answered->found, err);
}

static void keep_url(struct export *export, const struct export_answer *answer)
{
    wipe(&export->url);
    if (answer->download_url)
        buf_put(&export->url, answer->download_url);
    if (answer->download_url && answer->url_ends_at_ms)
        log_debug("export-url", "the file can be downloaded for another %.0f s",
                  (double)(answer->url_ends_at_ms - clock_wall_ms()) / 1000);
}

/* Sets the export from its first answer, which came age_ms after its request. */
static void begin(struct export *export, const struct export_answer *answer, int64_t age_ms)
{
    buf_clear(&export->key);
    buf_put(&export->key, answer->key);
    keep_url(export, answer);
    export->status = answer->status;
    export->requested_at_ms = clock_now_ms() - (age_ms > 0 ? age_ms : 0);
    export->ready_ms = -1;
    export->polls = 0;
    export->unobserved_ms = 0;
    export->retries = 0;
}

void export_resume(struct export *export, const char *key, int64_t age_ms)
{
    struct export_answer unheard = {.key = key, .status = EXPORT_REQUESTED};
    begin(export, &unheard, age_ms);
}

/* Requests. */

static struct api_request request_of(const struct export *export, enum http_method method, const char *url,
                                     const char *what)
{
    return (struct api_request){
        .method = method,
        .url = url,
        .contract = export->contract,
        .what = what,
        .scope = method == HTTP_GET ? "data:read" : "data:write",
        .max_bytes = MAX_ONE,
        .queue_request = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER},
    };
}

static struct export_post post_of(struct export *export, const char *url, const char *what)
{
    struct export_post post = {
        .api = export->api,
        .quota = &export->quota,
        .request = request_of(export, HTTP_POST, url, what),
    };
    post.request.queue_request.urgency = URGENCY_SUBMIT;
    post.request.queue_request.requests_needed = 1; /* the poll that finds the file */
    return post;
}

static void log_full(const struct export *export)
{
    log_info("export-quota",
             "the quota of outstanding exports is used up (%u of ours); waiting for one to end",
             export->quota.outstanding);
}

/* The caller's count alone shows that the quota is used up: no request is sent. */
static void note_full(struct export *export)
{
    export_quota_note_full(&export->quota, clock_now_ms());
    log_full(export);
}

/* Looks for the export of a POST whose answer was lost. err has the reason of the loss, and keeps it. */
static bool find_lost(struct export *export, const char *file_name, int64_t since_ms, bool *found,
                      struct err *err)
{
    struct err why = *err;
    if (!export_find(export, file_name, since_ms, found, err))
        return false;
    log_warn("export-lost-answer", "%s; the export %s", why.text,
             *found ? "was created nevertheless" : "is not in the list of requests");
    *err = why;
    return true;
}

bool export_request(struct export *export, const char *body, const char *file_name, bool *full,
                    struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    SCOPED(answered) struct answered answered = {0};
    int64_t since_ms = clock_wall_ms();
    bool found = false;
    *full = false;
    progress_phase("requesting the export");
    if (!export_quota_may_ask(&export->quota, clock_now_ms())) {
        *full = true;
        if (export->quota.refusals == 0)
            note_full(export);
        return true;
    }
    put_requests(&url, export);
    export_put_body(&text, body, file_name);
    struct export_post post = post_of(export, buf_text(&url), "request the export");
    post.request.body = buf_text(&text);
    post.acceptor = (struct api_acceptor){read_one, &answered};
    for (;;) {
        enum export_posted posted = export_post_send(&post, err);
        export->is_outcome_unknown |= post.is_outcome_unknown;
        switch (posted) {
        case EXPORT_POSTED:
            begin(export, &answered.answer, 0);
            log_debug("export-requested", "export requested: %s", export_status_name(export->status));
            return true;
        case EXPORT_POST_FULL:
            *full = true;
            log_full(export);
            return true;
        case EXPORT_POST_FAILED:
            return false;
        case EXPORT_POST_LOST:
            if (!find_lost(export, file_name, since_ms, &found, err))
                return false;
            if (found)
                export_quota_granted(&export->quota);
            if (found || export_post_is_over(&post))
                return found;
            break;
        }
    }
}

bool export_wait_quota(struct export *export, struct err *err)
{
    const struct api_settings *settings = &export->api->settings->api;
    int64_t wait_ms =
        poll_schedule_step_ms(settings->poll_first_ms, settings->poll_max_ms, export->quota_waits++);
    if (clock_deadline(wait_ms) > export->api->deadline_ms)
        return err_set(
            err, ERR_LATER,
            "no export of ours has ended in time, and the quota of outstanding exports is used up");
    progress_wait("for an export to end", clock_deadline(wait_ms));
    return stop_sleep(wait_ms, err);
}

#define DAY_MS (24 * INT64_C(3600000))

bool export_find(struct export *export, const char *file_name, int64_t since_ms, bool *found, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(answered) struct answered answered = {.file_name = file_name};
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    int64_t now_ms = clock_wall_ms();
    /* One day more on both sides: clocks may differ, and the time zone of the service's days is not
     * documented.
     */
    date_format(date_of_wall(since_ms - DAY_MS), from);
    date_format(date_of_wall(now_ms + DAY_MS), to);
    put_requests(&url, export);
    buf_print(&url, "?fromDate=%s&toDate=%s", from, to);
    struct api_request request = request_of(export, HTTP_GET, buf_text(&url), "list the exports");
    request.max_bytes = MAX_LIST;
    *found = false;
    if (!api_send(export->api, &request, (struct api_acceptor){read_list, &answered}, &answered.response,
                  err))
        return false;
    *found = answered.found;
    if (answered.found)
        begin(export, &answered.answer,
              answered.answer.requested_at_ms ? now_ms - answered.answer.requested_at_ms : 0);
    return true;
}

/* Polling. */

static bool wait_for_poll(struct export *export, struct err *err)
{
    const struct api_settings *settings = &export->api->settings->api;
    struct poll_schedule schedule = {
        .first_ms = settings->poll_first_ms,
        .max_ms = settings->poll_max_ms,
        .expected_ms = export->expected_ms,
        .submitted_ms = export->requested_at_ms,
    };
    struct poll_wait wait = {
        .what = "the export is not ready",
        .polls = export->polls,
        .until_ms = poll_schedule_next_ms(&schedule, export->polls, clock_now_ms()),
    };
    export->poll_due_ms = poll_schedule_next_ms(&schedule, export->polls, export->poll_sent_ms);
    return poll_wait(export->api, &wait, err);
}

/* Whether the status means that the service does not know the export. */
static bool note_gone(struct export *export, int status)
{
    bool is_gone = service_error_is_gone(status);
    if (is_gone)
        export->status = EXPORT_GONE;
    return is_gone;
}

static bool poll(struct export *export, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(answered) struct answered answered = {0};
    put_request(&url, export, "");
    struct api_request request = request_of(export, HTTP_GET, buf_text(&url), "poll the export");
    struct api_call *call = api_start(export->api, &request, err);
    export->poll_sent_ms = clock_now_ms();
    if (!call)
        return false;
    if (!api_finish(export->api, call, (struct api_acceptor){read_one, &answered}, &answered.response, err))
        return note_gone(export, answered.response.status);
    export->status = answered.answer.status;
    log_debug("export-polled", "poll %u: %s", export->polls + 1, export_status_name(export->status));
    if (export->status == EXPORT_REQUESTED) {
        export->unobserved_ms += poll_schedule_late_ms(export->poll_due_ms, export->poll_sent_ms);
        export->polls++;
    }
    if (export->status != EXPORT_DOWNLOAD)
        return true;
    keep_url(export, &answered.answer);
    if (export->retries == 0)
        export->ready_ms = poll_schedule_ready_ms(&(struct poll_found){
            .submitted_ms = export->requested_at_ms,
            .due_ms = export->poll_due_ms,
            .sent_ms = export->poll_sent_ms,
            .unobserved_ms = export->unobserved_ms,
        });
    return true;
}

static bool wait_until_quota_may_be_tried(struct export *export, struct err *err)
{
    while (export_wait_quota(export, err))
        if (export_quota_may_ask(&export->quota, clock_now_ms()))
            return true;
    return false;
}

/* Retries the export: its status changes from Error to Requested. The request has no effect on any other
 * status, so it may be repeated. Its answer is not documented.
 */
static bool retry(struct export *export, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    put_request(&url, export, "/retry");
    struct export_post post = post_of(export, buf_text(&url), "retry the export");
    for (;;) {
        switch (export_post_send(&post, err)) {
        case EXPORT_POSTED:
            export->status = EXPORT_REQUESTED;
            export->requested_at_ms = clock_now_ms();
            export->polls = 0;
            export->retries++;
            return true;
        case EXPORT_POST_FULL:
            log_full(export);
            if (!wait_until_quota_may_be_tried(export, err))
                return false;
            break;
        case EXPORT_POST_FAILED:
            return note_gone(export, post.status);
        case EXPORT_POST_LOST:
            if (export_post_is_over(&post))
                return false;
            break;
        }
    }
}

static bool retry_error(struct export *export, struct err *err)
{
    if (export->retries == EXPORT_MAX_RETRIES)
        return err_set(err, ERR_UNAVAILABLE,
                       "the service cannot make the export: Error, also after %d retries",
                       EXPORT_MAX_RETRIES);
    log_warn("export-retry", "the service could not make the export (Error); retrying it");
    return retry(export, err);
}

bool export_await(struct export *export, struct err *err)
{
    progress_phase("exporting");
    for (;;) {
        switch (export->status) {
        case EXPORT_GONE:
            return true;
        case EXPORT_DOWNLOAD:
            return export->url.length > 0 || export_refresh_url(export, err);
        case EXPORT_ERROR:
            if (!retry_error(export, err))
                return false;
            continue;
        case EXPORT_REQUESTED:
            break;
        }
        if (!wait_for_poll(export, err) || !poll(export, err))
            return false;
    }
}

/* The rest. */

bool export_refresh_url(struct export *export, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(answered) struct answered answered = {0};
    put_request(&url, export, "/refreshUrl");
    struct api_request request =
        request_of(export, HTTP_POST, buf_text(&url), "get a new address for the export's file");
    if (api_send(export->api, &request, (struct api_acceptor){read_url, &answered}, &answered.response,
                 err)) {
        keep_url(export, &answered.answer);
        return true;
    }
    if (note_gone(export, answered.response.status))
        err->kind = ERR_UNAVAILABLE;
    return false;
}

bool export_delete(struct export *export, bool *is_final, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(http_response) struct http_response response = {0};
    put_request(&url, export, "");
    struct api_request request = request_of(export, HTTP_DELETE, buf_text(&url), "delete the export");
    request.is_optional = true;
    bool deleted = api_send(export->api, &request, (struct api_acceptor){0}, &response, err);
    *is_final = response.status == 400 || response.status == 403;
    return deleted || service_error_is_gone(response.status);
}
