#include "api/token.h"

#include "api/retry.h"
#include "api/service_error.h"
#include "base/clock.h"
#include "base/dice.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "wire/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ANSWER ((size_t)256 << 10)
#define MARGIN_MS 60000

struct token_source {
    const struct settings *settings;
    struct http_client *http;
    pthread_mutex_t mutex; /* held while a token is being fetched: one does, the others wait */
    struct buf bearer;     /* empty: none yet */
    int64_t renew_at_ms;   /* monotonic */
};

struct token_source *token_make(const struct settings *settings, struct http_client *http)
{
    struct token_source *tokens = mem_alloc(1, sizeof *tokens);
    tokens->settings = settings;
    tokens->http = http;
    tokens->bearer = buf_make(TOKEN_MAX_BYTES);
    pthread_mutex_init(&tokens->mutex, NULL);
    return tokens;
}

static void forget(struct buf *secret)
{
    if (secret->bytes)
        explicit_bzero(secret->bytes, secret->capacity);
    buf_clear(secret);
}

void token_release(struct token_source *tokens)
{
    if (!tokens)
        return;
    forget(&tokens->bearer);
    buf_release(&tokens->bearer);
    pthread_mutex_destroy(&tokens->mutex);
    free(tokens);
}

/* Stores the answer's token; it is renewed a minute, or a tenth of its life, before it ends. */
static bool keep_answer(struct token_source *tokens, const struct http_response *response, struct err *err)
{
    uint64_t lifetime_s;
    SCOPED(json) json_object *answer = json_parse(buf_text(&response->body), response->body.length, err);
    const char *token = answer ? json_text_of(answer, "access_token") : NULL;
    if (!token)
        return err_set(err, ERR_UNAVAILABLE, "the token endpoint answered without an access_token");
    if (!json_uint_of(answer, "expires_in", &lifetime_s) || lifetime_s > 86400 * 30)
        lifetime_s = 3600;
    int64_t lifetime_ms = (int64_t)lifetime_s * 1000;
    int64_t margin_ms = lifetime_ms / 10 < MARGIN_MS ? lifetime_ms / 10 : MARGIN_MS;
    forget(&tokens->bearer);
    if (!buf_append_text(&tokens->bearer, token))
        return err_set(err, ERR_UNAVAILABLE,
                       "the token endpoint answered with a token of more than %zu bytes", TOKEN_MAX_BYTES);
    tokens->renew_at_ms = clock_deadline(lifetime_ms - margin_ms);
    log_debug("token-fetched", "access token fetched, good for %lld s", (long long)lifetime_s);
    return true;
}

static void put_form(const struct settings *settings, struct buf *form)
{
    SCOPED(buf) struct buf scopes = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < settings->auth.scopes.count; i++)
        buf_print(&scopes, "%s%s", i ? " " : "", settings->auth.scopes.items[i]);
    buf_put(form, "grant_type=client_credentials&scope=");
    http_put_encoded(form, buf_text(&scopes));
}

/* Refused credentials come as 401, or as 400 with the reason in `error`. */
static bool refuse(const struct settings *settings, const struct http_response *response, struct err *err)
{
    char reason[256];
    service_error_text(response, reason, sizeof reason);
    err_set(err, ERR_AUTH, "the service refuses the client credentials of `%s`: %d%s%s",
            settings->auth.client_id, response->status, *reason ? ", " : "", reason);
    return err_hint(
        err, "check auth.client_id and auth.client_secret, and that the client is allowed the scopes asked");
}

/* One request to the token endpoint. *again: another one may help, after *wait_ms. */
static bool ask_once(struct token_source *tokens, const struct http_request *request, struct attempt *attempt,
                     struct verdict *verdict, struct err *err)
{
    SCOPED(http_response) struct http_response response = {0};
    attempt->answered = http_send(tokens->http, request, &response, err);
    if (!attempt->answered && err->kind == ERR_STOPPED) {
        *verdict = (struct verdict){.action = VERDICT_FAIL, .kind = ERR_STOPPED};
        return false;
    }
    attempt->status = response.status;
    attempt->retry_after = response.retry_after;
    attempt->wall_ms = clock_wall_ms();
    attempt->dice = dice_roll();
    *verdict = retry_judge(attempt);
    if (verdict->action == VERDICT_ACCEPT) {
        if (keep_answer(tokens, &response, err))
            return true;
        attempt->answered = false;
        *verdict = retry_judge(attempt);
        return false;
    }
    if (attempt->answered && response.status < 500 && response.status != 429)
        return refuse(tokens->settings, &response, err);
    if (attempt->answered)
        err_set(err, ERR_UNAVAILABLE, "the token endpoint answered %d", response.status);
    return false;
}

static bool ask(struct token_source *tokens, const struct http_request *request, struct err *err)
{
    struct attempt attempt = {.retries = tokens->settings->api.retries, .token_renewed = true};
    for (;;) {
        struct verdict verdict;
        if (ask_once(tokens, request, &attempt, &verdict, err))
            return true;
        bool again = verdict.action == VERDICT_RETRY || verdict.action == VERDICT_WAIT;
        if (!again || attempt.failures >= attempt.retries)
            return false;
        attempt.failures++;
        log_warn("token-retry", "%s; asking again in %.1f s", err->text, (double)verdict.wait_ms / 1000);
        if (!stop_sleep(verdict.wait_ms, err))
            return false;
    }
}

static bool fetch(struct token_source *tokens, struct err *err)
{
    const struct settings *settings = tokens->settings;
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf form = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf basic = buf_make(BUF_OWN_TEXT);
    buf_print(&url, "%s/authentication/v2/token", settings->api.base_url);
    put_form(settings, &form);
    buf_print(&basic, "%s:%s", settings->auth.client_id, settings->auth.client_secret);
    struct http_request request = {
        .method = HTTP_POST,
        .url = buf_text(&url),
        .basic = buf_text(&basic),
        .content_type = "application/x-www-form-urlencoded",
        .body = buf_text(&form),
        .max_bytes = MAX_ANSWER,
    };
    bool fetched = ask(tokens, &request, err);
    forget(&basic);
    return fetched;
}

static bool get_locked(struct token_source *tokens, struct buf *bearer, struct err *err)
{
    const struct auth_settings *auth = &tokens->settings->auth;
    forget(bearer);
    if (auth->flow == AUTH_ACCESS_TOKEN)
        return buf_append_text(bearer, auth->access_token) ||
               err_set(err, ERR_CONFIG, "auth.access_token has more than %zu bytes", TOKEN_MAX_BYTES);
    bool fresh = tokens->bearer.length > 0 && clock_now_ms() < tokens->renew_at_ms;
    if (!fresh && !fetch(tokens, err))
        return false;
    return buf_append(bearer, tokens->bearer.bytes, tokens->bearer.length) ||
           err_set(err, ERR_BUG, "the token does not fit its buffer");
}

bool token_get(struct token_source *tokens, struct buf *bearer, struct err *err)
{
    pthread_mutex_lock(&tokens->mutex);
    bool got = get_locked(tokens, bearer, err);
    pthread_mutex_unlock(&tokens->mutex);
    return got;
}

bool token_reject(struct token_source *tokens, const char *bearer)
{
    if (tokens->settings->auth.flow == AUTH_ACCESS_TOKEN)
        return false;
    pthread_mutex_lock(&tokens->mutex);
    /* Another thread may have renewed it meanwhile: then that one is tried first. */
    if (strcmp(buf_text(&tokens->bearer), bearer) == 0)
        forget(&tokens->bearer);
    pthread_mutex_unlock(&tokens->mutex);
    return true;
}
