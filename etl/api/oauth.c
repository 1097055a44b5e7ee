#include "api/oauth.h"

#include "api/oauth_inner.h"
#include "api/retry.h"
#include "api/service_error.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/program.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/stop.h"
#include "base/text.h"
#include "wire/json/json.h"

#include <stdio.h>
#include <string.h>

/* The ceiling is high: a refused answer would lose the next refresh token, which is in no other answer. */
#define MAX_ANSWER ((size_t)16 << 20)
/* The documented lifetime, for an answer with no valid lifetime. */
#define USUAL_LIFETIME_MS 3599000
#define MAX_LIFETIME_S (30 * 86400)
/* A refresh token or code is invalid once the service has received it. So the answer is awaited this much
 * longer: after a stop, which has to end the process within five seconds, and after the job's timeout, which
 * has to end the job within ten.
 */
#define STOP_GRACE_MS 3000
#define TIMEOUT_GRACE_MS 8000

void oauth_wipe(struct buf *secret)
{
    if (secret->bytes)
        explicit_bzero(secret->bytes, secret->capacity);
    buf_clear(secret);
}

void oauth_answer_cleanup(struct oauth_answer *answer)
{
    oauth_wipe(&answer->access_token);
    oauth_wipe(&answer->refresh_token);
    buf_release(&answer->access_token);
    buf_release(&answer->refresh_token);
}

void oauth_put_scopes(const struct settings *settings, struct buf *out)
{
    for (size_t i = 0; i < settings->auth.scopes.count; i++)
        buf_print(out, "%s%s", i ? " " : "", settings->auth.scopes.items[i]);
}

static void put_field(struct buf *form, const char *name, const char *value)
{
    buf_print(form, "%s%s=", form->length ? "&" : "", name);
    http_put_encoded(form, value);
}

static void put_form(const struct settings *settings, const struct oauth_grant *grant, struct buf *form)
{
    SCOPED(buf) struct buf scopes = buf_make(BUF_OWN_TEXT);
    switch (grant->kind) {
    case GRANT_CLIENT_CREDENTIALS:
        oauth_put_scopes(settings, &scopes);
        put_field(form, "grant_type", "client_credentials");
        put_field(form, "scope", buf_text(&scopes));
        break;
    case GRANT_REFRESH_TOKEN:
        put_field(form, "grant_type", "refresh_token");
        put_field(form, "refresh_token", grant->refresh_token);
        break;
    case GRANT_AUTHORIZATION_CODE:
        put_field(form, "grant_type", "authorization_code");
        put_field(form, "code", grant->code);
        put_field(form, "redirect_uri", grant->redirect_uri);
        put_field(form, "code_verifier", grant->code_verifier);
        break;
    }
    if (!*settings->auth.client_secret)
        put_field(form, "client_id", settings->auth.client_id);
}

/* Whatever else is wrong with the answer, its refresh token is the only valid one from now on. */
static void keep_refresh_token(json_object *body, struct oauth_answer *answer)
{
    const char *refresh = json_text_of(body, "refresh_token");
    oauth_wipe(&answer->refresh_token);
    secret_remember_temporary(refresh);
    if (refresh && !buf_append_text(&answer->refresh_token, refresh))
        log_warn("token-too-long", "the token endpoint answered with a refresh token of more than %zu bytes",
                 OAUTH_MAX_TOKEN);
}

static bool read_access_token(json_object *body, struct oauth_answer *answer, struct err *err)
{
    uint64_t lifetime_s;
    const char *access = body ? json_text_of(body, "access_token") : NULL;
    secret_remember_temporary(access);
    if (!access || !*access)
        return err_set(err, ERR_UNAVAILABLE, "the token endpoint answered without an access_token");
    bool known =
        json_uint_of(body, "expires_in", &lifetime_s) && lifetime_s > 0 && lifetime_s <= MAX_LIFETIME_S;
    oauth_wipe(&answer->access_token);
    answer->lifetime_ms = known ? (int64_t)lifetime_s * 1000 : USUAL_LIFETIME_MS;
    return buf_append_text(&answer->access_token, access) ||
           err_set(err, ERR_UNAVAILABLE,
                   "the token endpoint answered with an access token of more than %zu bytes",
                   OAUTH_MAX_TOKEN);
}

static bool refuse_client(const struct settings *settings, int status, const char *reason, struct err *err)
{
    err_set(err, ERR_AUTH, "the service refuses the credentials of client `%s` (%d)%s",
            settings->auth.client_id, status, reason);
    return err_hint(
        err, "check auth.client_id and auth.client_secret, and the scopes that the client may request");
}

/* The error invalid_grant: the token or code is used, expired or revoked. No other refusal says that. */
static bool refuse_grant(enum oauth_grant_kind kind, int status, const char *reason, struct err *err)
{
    if (kind == GRANT_REFRESH_TOKEN) {
        err_set(err, ERR_AUTH, "the login has ended: the service refuses the refresh token (%d)%s", status,
                reason);
        return err_hint(err, "an administrator has to log in again: %s", program_login());
    }
    err_set(err, ERR_AUTH, "the service refuses the authorization code (%d)%s", status, reason);
    return err_hint(err, "a code is valid for minutes and works once: %s", program_login());
}

/* Refused clients come as 401, refused codes and refresh tokens as 400 with the reason in `error`. Anything
 * else says nothing about the login. */
static bool refuse(const struct settings *settings, const struct oauth_grant *grant,
                   const struct http_response *response, bool grant_refused, struct err *err)
{
    char text[256];
    char reason[sizeof text + 2] = "";
    int status = response->status;
    if (*service_error_text(response, text, sizeof text))
        snprintf(reason, sizeof reason, ": %s", text);
    if (service_error_is_missing_product(response)) {
        err_set(err, ERR_AUTH, "the service refuses the application (%d, AUTH-001)%s", status, reason);
        return err_hint(err, SERVICE_ERROR_PRODUCT_HINT, settings->auth.client_id);
    }
    if (status < 400 || status == 408 || status == 429 || status >= 500)
        return err_set(err, ERR_UNAVAILABLE, "the token endpoint answered %d%s", status, reason);
    if (status == 404) {
        err_set(err, ERR_CONFIG, "the token endpoint is not there (404)%s", reason);
        return err_hint(err, "check api.base_url");
    }
    if (status == 401 || grant->kind == GRANT_CLIENT_CREDENTIALS)
        return refuse_client(settings, status, reason, err);
    if (grant_refused)
        return refuse_grant(grant->kind, status, reason, err);
    err_set(err, ERR_AUTH, "the token endpoint refuses the request (%d)%s", status, reason);
    return err_hint(err,
                    "the login may still be valid: check auth.client_id and auth.client_secret, and what "
                    "the service says");
}

struct oauth_answer oauth_answer_make(void)
{
    return (struct oauth_answer){.access_token = buf_make(OAUTH_MAX_TOKEN),
                                 .refresh_token = buf_make(OAUTH_MAX_TOKEN)};
}

bool oauth_answer_read(const char *bytes, size_t length, bool accepted, struct oauth_answer *answer,
                       struct err *err)
{
    struct err ignored;
    SCOPED(json) json_object *body = json_parse_last(bytes, length, &ignored);
    const char *error = body ? json_text_of(body, "error") : NULL;
    if (body)
        keep_refresh_token(body, answer);
    answer->grant_refused = !accepted && error && text_equal(error, "invalid_grant");
    if (!accepted)
        return err_set(err, ERR_UNAVAILABLE, "the token endpoint refuses");
    return read_access_token(body, answer, err);
}

struct asking {
    const struct settings *settings;
    struct http_client *http;
    const struct oauth_grant *grant;
    const struct http_request *request;
    struct attempt attempt;
};

static bool read_response(struct asking *asking, const struct http_response *response,
                          struct oauth_answer *answer, struct verdict *verdict, struct err *err)
{
    struct attempt *attempt = &asking->attempt;
    bool accepted = verdict->action == VERDICT_ACCEPT;
    if (oauth_answer_read(buf_text(&response->body), response->body.length, accepted, answer, err))
        return true;
    if (accepted) {
        attempt->answered = false;
        *verdict = retry_judge(attempt);
    }
    /* The token or code that was sent is used up and is not sent again. */
    if (answer->refresh_token.length > 0)
        *verdict = (struct verdict){.action = VERDICT_FAIL};
    return !accepted && refuse(asking->settings, asking->grant, response, answer->grant_refused, err);
}

/* Whether the request uses up the token or code that it sends. */
static bool uses_up_token(const struct oauth_grant *grant)
{
    return grant->kind != GRANT_CLIENT_CREDENTIALS;
}

/* Sends one request. If it fails, *verdict says whether another one may succeed. */
static bool ask_once(struct asking *asking, struct oauth_answer *answer, struct verdict *verdict,
                     struct err *err)
{
    SCOPED(http_response) struct http_response response = {0};
    struct attempt *attempt = &asking->attempt;
    struct http_request request = *asking->request;
    int64_t deadline_ms = asking->grant->deadline_ms;
    *verdict = (struct verdict){.action = VERDICT_FAIL};
    if (clock_now_ms() >= deadline_ms)
        return err_set(err, ERR_LATER, "the job's timeout has passed");
    if (deadline_ms != CLOCK_NEVER)
        request.deadline_ms = deadline_ms + (uses_up_token(asking->grant) ? TIMEOUT_GRACE_MS : 0);
    attempt->answered = http_send(asking->http, &request, &response, err);
    if (!attempt->answered && err->kind != ERR_UNAVAILABLE)
        return false;
    attempt->status = response.status;
    attempt->retry_after = response.retry_after;
    attempt->date = response.date;
    attempt->wall_ms = clock_wall_ms();
    attempt->random = random_fraction();
    *verdict = retry_judge(attempt);
    return attempt->answered && read_response(asking, &response, answer, verdict, err);
}

static bool ask(struct asking *asking, struct oauth_answer *answer, struct err *err)
{
    for (;;) {
        struct verdict verdict;
        if (ask_once(asking, answer, &verdict, err))
            return true;
        bool again = verdict.action == VERDICT_RETRY || verdict.action == VERDICT_WAIT;
        if (!again || asking->attempt.failures >= asking->attempt.retries)
            return false;
        if (clock_deadline(verdict.wait_ms) >= asking->grant->deadline_ms) {
            err->kind = ERR_LATER;
            return err_wrap(err, "waiting %.0f s more would pass the job's timeout",
                            (double)verdict.wait_ms / 1000);
        }
        asking->attempt.failures++;
        asking->attempt.refusals += verdict.action == VERDICT_WAIT;
        answer->tries = (struct oauth_tries){asking->attempt.failures, asking->attempt.refusals};
        if (asking->grant->longest_wait_ms > 0 && verdict.wait_ms > asking->grant->longest_wait_ms) {
            answer->wait_ms = verdict.wait_ms;
            return false;
        }
        log_warn("token-retry", "%s; asking again in %.1f s", err->text, (double)verdict.wait_ms / 1000);
        progress_wait("to request an access token again", clock_deadline(verdict.wait_ms));
        if (!stop_sleep(verdict.wait_ms, err))
            return false;
    }
}

/* The endpoint's errors may repeat what was sent. */
static void remember_secrets(const struct oauth_grant *grant)
{
    secret_remember_temporary(grant->refresh_token);
    secret_remember_temporary(grant->code);
    secret_remember_temporary(grant->code_verifier);
}

bool oauth_ask(const struct settings *settings, struct http_client *http, const struct oauth_grant *grant,
               struct oauth_answer *answer, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf form = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf basic = buf_make(BUF_OWN_TEXT);
    bool confidential = *settings->auth.client_secret;
    buf_print(&url, "%s/authentication/v2/token", settings->api.base_url);
    put_form(settings, grant, &form);
    buf_print(&basic, "%s:%s", settings->auth.client_id, settings->auth.client_secret);
    remember_secrets(grant);
    struct http_request request = {
        .method = HTTP_POST,
        .url = buf_text(&url),
        .basic = confidential ? buf_text(&basic) : NULL,
        .content_type = "application/x-www-form-urlencoded",
        .body = buf_text(&form),
        .max_bytes = MAX_ANSWER,
        .stop_grace_ms = uses_up_token(grant) ? STOP_GRACE_MS : 0,
    };
    struct asking asking = {
        .settings = settings,
        .http = http,
        .grant = grant,
        .request = &request,
        .attempt = {.failures = grant->before.failures,
                    .refusals = grant->before.refusals,
                    .retries = settings->api.retries,
                    .first_wait_ms = settings->api.retry_wait_ms,
                    .token_is_new = true},
    };
    *answer = oauth_answer_make();
    bool answered = ask(&asking, answer, err);
    oauth_wipe(&form);
    oauth_wipe(&basic);
    return answered || err_wrap(err, "cannot get an access token");
}
