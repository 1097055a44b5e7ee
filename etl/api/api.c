#include "api/api.h"

#include "api/service_error.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a request that changes something at the service needs. */
#define SCOPE_WRITE "data:write"

/* After this many places in the budget that were too old when the request could be sent, the next one is used
 * even if it is too old. Requests that are always late, for example over a slow connection, still have the
 * right rate. */
#define MAX_LATE_PLACES 3

struct api_call {
    enum http_method method;
    char *url;
    char *body;
    char *contract;
    char *what;
    const char *scope;
    size_t max_bytes;
    struct http_parser parser;
    struct queue_request queue_request;
    bool no_retry;
    bool is_optional;
    struct token token; /* the one with which the request was sent */
    struct http_call *http;
    unsigned late_places; /* places in the budget that were too old when the request could be sent */
    unsigned failures;
    unsigned refusals;       /* 429 responses */
    unsigned token_refusals; /* 401 responses */
    uint64_t tokens_before;  /* tokens that had been issued to this process at the first 401 */
};

bool api_may_write(const struct api *api)
{
    return !api->write_is_forbidden && text_list_has(&api->settings->auth.scopes, SCOPE_WRITE);
}

static char *copy_or_null(const char *text)
{
    return text ? mem_copy_text(text) : NULL;
}

static void release(struct api_call *call)
{
    http_cancel(call->http);
    token_cleanup(&call->token);
    free(call->url);
    free(call->body);
    free(call->contract);
    free(call->what);
    free(call);
}

static bool may_go_on(const struct api *api, struct err *err)
{
    if (stop_requested())
        return stop_error(err);
    return clock_now_ms() < api->deadline_ms || err_set(err, ERR_LATER, "the job's timeout has passed");
}

static bool ask_guard(const struct api *api, struct err *err)
{
    return !api->guard.run || api->guard.run(api->guard.context, api->pg, err);
}

/* Takes a place in the budget. The place has to be used soon, and a new token may take long, so the token is
 * requested first. It may expire during the wait for the place, so it is requested once more after the wait.
 */
static bool take_place(struct api *api, struct api_call *call, int64_t *send_by_ms, struct err *err)
{
    for (;;) {
        if (!may_go_on(api, err) || !token_get(api->tokens, api->deadline_ms, &call->token, err) ||
            !ask_guard(api, err) ||
            !queue_pass(api->queue, api->pg, &call->queue_request, api->deadline_ms, send_by_ms, err) ||
            !token_get(api->tokens, api->deadline_ms, &call->token, err))
            return false;
        if (call->late_places >= MAX_LATE_PLACES)
            *send_by_ms = CLOCK_NEVER;
        if (clock_now_ms() <= *send_by_ms)
            return true;
        call->late_places++;
        log_debug("place-too-old", "the place in the request budget is too old to be used: taking another");
    }
}

/* Takes the request from the budget and sends it. */
static bool send_within_budget(struct api *api, struct api_call *call, struct err *err)
{
    int64_t send_by_ms;
    if (!take_place(api, call, &send_by_ms, err))
        return false;
    struct http_request request = {
        .method = call->method,
        .url = call->url,
        .bearer = buf_text(&call->token.bearer),
        .body = call->body,
        .max_bytes = call->max_bytes,
        .parser = call->parser,
        .deadline_ms = api->deadline_ms,
        .send_by_ms = send_by_ms,
    };
    api->requests++;
    call->http = http_start(api->http, &request);
    return true;
}

/* The connection was ready only when the place in the budget was too old: nothing was sent. */
static bool send_late(struct api *api, struct api_call *call, struct err *err)
{
    call->late_places++;
    api->requests--;
    return send_within_budget(api, call, err);
}

struct api_call *api_start(struct api *api, const struct api_request *request, struct err *err)
{
    struct api_call *call = mem_alloc(1, sizeof *call);
    *call = (struct api_call){
        .method = request->method,
        .url = mem_copy_text(request->url),
        .body = copy_or_null(request->body),
        .contract = copy_or_null(request->contract),
        .what = mem_copy_text(request->what),
        .scope = request->scope,
        .max_bytes = request->max_bytes,
        .parser = request->parser,
        .queue_request = request->queue_request,
        .no_retry = request->no_retry,
        .is_optional = request->is_optional || api->is_optional,
        .token = token_none(),
    };
    call->queue_request.gives_up_if_blocked = call->is_optional;
    if (!send_within_budget(api, call, err)) {
        err_wrap(err, "cannot %s", call->what);
        release(call);
        return NULL;
    }
    return call;
}

void api_cancel(struct api_call *call)
{
    if (call)
        release(call);
}

/* Sets the error: what the answer means, and a hint. Always false. */
static bool explain(const struct api *api, const struct api_call *call, const struct http_response *response,
                    enum err_kind kind, struct err *err)
{
    char reason[512];
    char body[512];
    service_error_text(response, reason, sizeof reason);
    const char *colon = *reason ? ": " : "";
    switch (response->status) {
    case 401:
        err_set(err, kind, "the service refuses the access token (401)%s%s", colon, reason);
        return err_hint(
            err, "the token is invalid or has expired: get a new one, or check the client's credentials");
    case 403:
        if (service_error_is_missing_product(response)) {
            err_set(err, kind, "the service refuses the application (403, AUTH-001)%s%s", colon, reason);
            return err_hint(err, SERVICE_ERROR_PRODUCT_HINT, api->settings->auth.client_id);
        }
        err_set(err, kind, "the service forbids it (403)%s%s", colon, reason);
        return err_hint(
            err,
            "contract %s may be wrong, or the user is no Token Flex administrator, or the token lacks "
            "the scope %s (auth.scopes, then `%s`)",
            call->contract ? call->contract : "-", call->scope, program_login());
    case 404:
        err_set(err, kind, "the service does not know it (404)%s%s", colon, reason);
        return err_hint(err, "check contract %s and api.base_url", call->contract ? call->contract : "-");
    case 429:
        return err_set(err, kind, "the service asks to wait (429)%s%s", colon, reason);
    default:
        break;
    }
    if (!call->body || response->status < 400 || response->status >= 500)
        return err_set(err, kind, "the service answered %d%s%s", response->status, colon, reason);
    size_t length = strlen(call->body);
    return err_set(err, kind, "the service refuses the request (%d)%s%s; sent was %s", response->status,
                   colon, reason, length < sizeof body ? call->body : "a long body");
}

bool api_wait(struct api *api, const struct verdict *verdict, struct err *err)
{
    bool limited = verdict->action == VERDICT_WAIT;
    struct err why = *err;
    if (limited && !queue_block(api->queue, api->pg, verdict->wait_ms, err))
        return false;
    if (verdict->wait_ms > 0 && clock_deadline(verdict->wait_ms) > api->deadline_ms) {
        err->kind = ERR_LATER;
        return err_wrap(err, "waiting %.0f s more would pass the job's timeout",
                        (double)verdict->wait_ms / 1000);
    }
    log_write_numbers(LOG_WARN, limited ? "rate-limited" : "request-retry",
                      LOG_NUMBERS({"wait_ms", verdict->wait_ms}), "%s; asking again in %.1f s", why.text,
                      (double)verdict->wait_ms / 1000);
    /* A block is waited for in the queue, when the next request is taken from the budget: the queue notices
     * if a user ends the block.
     */
    if (limited)
        return true;
    progress_wait("to ask again", clock_deadline(verdict->wait_ms));
    return stop_sleep(verdict->wait_ms, err);
}

/* Blocks the account and gives up this request. Always false. */
static bool block_account(struct api *api, const struct verdict *verdict, struct err *err)
{
    struct err why = *err;
    if (queue_block(api->queue, api->pg, verdict->wait_ms, err))
        *err = why;
    err->kind = ERR_LATER;
    return false;
}

static bool send_again(struct api *api, struct api_call *call, const struct verdict *verdict, struct err *err)
{
    if (call->is_optional && verdict->action == VERDICT_WAIT)
        return block_account(api, verdict, err);
    return !call->no_retry && api_wait(api, verdict, err) && send_within_budget(api, call, err);
}

static struct verdict judge(struct api *api, const struct api_call *call, bool answered,
                            const struct http_response *response)
{
    struct attempt attempt = {
        .answered = answered,
        .status = response->status,
        .retry_after = response->retry_after,
        .date = response->date,
        .wall_ms = clock_wall_ms(),
        .failures = call->failures,
        .refusals = call->refusals,
        .retries = api->settings->api.retries,
        .first_wait_ms = api->settings->api.retry_wait_ms,
        .token_is_new = call->token_refusals > 0 && call->token.number > call->tokens_before,
        .token_refusals = call->token_refusals,
        .random = random_fraction(),
    };
    return retry_judge(&attempt);
}

/* Whether another token may be had. */
static bool reject_token(struct api *api, struct api_call *call)
{
    uint64_t count = 0;
    if (!token_reject(api->tokens, api->deadline_ms, &call->token, &count))
        return false;
    if (call->token_refusals++ == 0)
        call->tokens_before = count;
    return true;
}

enum round { ROUND_DONE, ROUND_FAILED, ROUND_AGAIN };

/* Handles one answer or its absence: the call ends, or another request is sent. */
static enum round finish_round(struct api *api, struct api_call *call, struct api_acceptor acceptor,
                               struct http_response *response, struct err *err)
{
    bool answered = http_wait(call->http, response, err);
    call->http = NULL;
    if (!answered && response->was_late)
        return send_late(api, call, err) ? ROUND_AGAIN : ROUND_FAILED;
    if (!answered && err->kind != ERR_UNAVAILABLE)
        return ROUND_FAILED;
    /* The status of a refusal says what to do, even if its body was cut off. */
    answered = answered || (response->status >= 400 && response->status < 500);
    struct verdict verdict = judge(api, call, answered, response);
    if (verdict.action == VERDICT_ACCEPT) {
        if (!acceptor.read || acceptor.read(acceptor.context, &response->body, err))
            return ROUND_DONE;
        if (err->kind != ERR_UNAVAILABLE)
            return ROUND_FAILED;
        verdict = judge(api, call, false, response);
    } else if (answered) {
        explain(api, call, response, verdict.kind ? verdict.kind : ERR_AUTH, err);
    }
    switch (verdict.action) {
    case VERDICT_RENEW_TOKEN:
        return reject_token(api, call) && send_within_budget(api, call, err) ? ROUND_AGAIN : ROUND_FAILED;
    case VERDICT_RETRY:
        call->failures++;
        return send_again(api, call, &verdict, err) ? ROUND_AGAIN : ROUND_FAILED;
    case VERDICT_WAIT:
        call->refusals++;
        return send_again(api, call, &verdict, err) ? ROUND_AGAIN : ROUND_FAILED;
    case VERDICT_ACCEPT:
    case VERDICT_FAIL:
        break;
    }
    return ROUND_FAILED;
}

bool api_finish(struct api *api, struct api_call *call, struct api_acceptor acceptor,
                struct http_response *response, struct err *err)
{
    enum round round;
    *response = (struct http_response){0};
    while ((round = finish_round(api, call, acceptor, response, err)) == ROUND_AGAIN) {
        http_response_cleanup(response);
        *response = (struct http_response){0};
    }
    if (round == ROUND_FAILED)
        err_wrap(err, "cannot %s", call->what);
    release(call);
    return round == ROUND_DONE;
}

bool api_send(struct api *api, const struct api_request *request, struct api_acceptor acceptor,
              struct http_response *response, struct err *err)
{
    *response = (struct http_response){0};
    struct api_call *call = api_start(api, request, err);
    return call && api_finish(api, call, acceptor, response, err);
}
