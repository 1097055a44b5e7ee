#include "api/token.h"

#include "api/oauth.h"
#include "api/token_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>

/* A token is renewed so long before its end, or a tenth of its life where that is less. */
#define MARGIN_MS 60000

struct token_source {
    const struct settings *settings;
    struct http_client *http;
    pthread_mutex_t mutex; /* held while a token is being fetched: one does, the others wait */
    struct buf bearer;     /* empty: none yet */
    int64_t renew_at_ms;   /* monotonic */
    struct buf rejected;   /* a token that the service has answered with 401; empty: none */
};

struct token_source *token_make(const struct settings *settings, struct http_client *http)
{
    struct token_source *tokens = mem_alloc(1, sizeof *tokens);
    tokens->settings = settings;
    tokens->http = http;
    tokens->bearer = buf_make(TOKEN_MAX_BYTES);
    tokens->rejected = buf_make(TOKEN_MAX_BYTES);
    pthread_mutex_init(&tokens->mutex, NULL);
    return tokens;
}

void token_release(struct token_source *tokens)
{
    if (!tokens)
        return;
    oauth_wipe(&tokens->bearer);
    oauth_wipe(&tokens->rejected);
    buf_release(&tokens->bearer);
    buf_release(&tokens->rejected);
    pthread_mutex_destroy(&tokens->mutex);
    free(tokens);
}

int64_t token_use_ms(int64_t lifetime_ms)
{
    int64_t margin_ms = lifetime_ms / 10 < MARGIN_MS ? lifetime_ms / 10 : MARGIN_MS;
    return lifetime_ms - margin_ms;
}

/* Replaces one secret by another of at most the same ceiling. */
static bool copy_secret(struct buf *to, const struct buf *from, struct err *err)
{
    oauth_wipe(to);
    return buf_append(to, buf_text(from), from->length) ||
           err_set(err, ERR_BUG, "a token does not fit its buffer");
}

static bool adopt(struct token_source *tokens, const struct buf *token, int64_t good_for_ms, struct err *err)
{
    if (!copy_secret(&tokens->bearer, token, err))
        return false;
    tokens->renew_at_ms = clock_deadline(good_for_ms);
    log_debug("token-fetched", "access token at hand, to be renewed in %.0f s", (double)good_for_ms / 1000);
    return true;
}

static bool fetch_by_credentials(struct token_source *tokens, struct err *err)
{
    struct oauth_answer answer;
    struct oauth_grant grant = {.kind = GRANT_CLIENT_CREDENTIALS};
    bool fetched = oauth_ask(tokens->settings, tokens->http, &grant, &answer, err) &&
                   adopt(tokens, &answer.access_token, token_use_ms(answer.lifetime_ms), err);
    oauth_answer_cleanup(&answer);
    return fetched;
}

/* What another process has fetched meanwhile serves as well. */
static bool adopt_stored(struct token_source *tokens, const struct login *login, bool *adopted,
                         struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    int64_t lifetime_ms = login->access_until_ms - login->access_from_ms;
    int64_t good_for_ms = login->access_from_ms + token_use_ms(lifetime_ms) - now_ms;
    bool rejected = text_equal(buf_text(&login->access_token), buf_text(&tokens->rejected));
    /* A token from the future is one of a clock that has jumped: its end means nothing. */
    *adopted =
        login->access_token.length > 0 && !rejected && good_for_ms > 0 && login->access_from_ms <= now_ms;
    return !*adopted || adopt(tokens, &login->access_token, good_for_ms, err);
}

/* The answer is on disk before it is used: the refresh token before it is dead by now. */
static bool keep_answer(struct token_source *tokens, struct login *login, const struct oauth_answer *answer,
                        struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    if (answer->refresh_token.length > 0) {
        if (!copy_secret(&login->refresh_token, &answer->refresh_token, err))
            return false;
        login->refresh_from_ms = now_ms;
    }
    if (!copy_secret(&login->access_token, &answer->access_token, err))
        return false;
    login->access_from_ms = now_ms;
    login->access_until_ms = now_ms + answer->lifetime_ms;
    if (!token_file_write(tokens->settings->auth.token_file, login, err))
        return err_hint(
            err, "the service has exchanged the refresh token, and the new one is lost: once the file can "
                 "be written, log in again: tokenflex-etl auth login");
    return adopt(tokens, &answer->access_token, token_use_ms(answer->lifetime_ms), err);
}

static bool refuse_client(const struct settings *settings, const struct login *login, struct err *err)
{
    err_set(err, ERR_AUTH, "the token file %s belongs to client `%s`, the settings name `%s`",
            settings->auth.token_file, buf_text(&login->client_id), settings->auth.client_id);
    return err_hint(err, "set auth.client_id as it was, or log in anew: tokenflex-etl auth login");
}

static bool refresh_locked(struct token_source *tokens, struct login *login, struct err *err)
{
    bool exists;
    bool adopted;
    const struct settings *settings = tokens->settings;
    if (!token_file_read(settings->auth.token_file, login, &exists, err))
        return false;
    if (!exists) {
        err_set(err, ERR_AUTH, "nobody has logged in yet: there is no token file %s",
                settings->auth.token_file);
        return err_hint(err, "let an administrator log in once: tokenflex-etl auth login");
    }
    if (!text_equal(buf_text(&login->client_id), settings->auth.client_id))
        return refuse_client(settings, login, err);
    if (!adopt_stored(tokens, login, &adopted, err) || adopted)
        return adopted;
    struct oauth_answer answer;
    struct oauth_grant grant = {.kind = GRANT_REFRESH_TOKEN,
                                .refresh_token = buf_text(&login->refresh_token)};
    bool fetched =
        oauth_ask(settings, tokens->http, &grant, &answer, err) && keep_answer(tokens, login, &answer, err);
    oauth_answer_cleanup(&answer);
    return fetched;
}

/* The lock is held from reading the file until the answer is in it: no two processes use one refresh token.
 */
static bool fetch_by_refresh(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
    if (!token_file_lock(tokens->settings->auth.token_file, deadline_ms, &lock, err))
        return false;
    SCOPED(login) struct login login = login_make();
    return refresh_locked(tokens, &login, err);
}

static bool fetch(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    switch (tokens->settings->auth.flow) {
    case AUTH_CLIENT_CREDENTIALS:
        return fetch_by_credentials(tokens, err);
    case AUTH_REFRESH_TOKEN:
        return fetch_by_refresh(tokens, deadline_ms, err);
    case AUTH_ACCESS_TOKEN:
        break;
    }
    return err_set(err, ERR_BUG, "a given access token is not fetched");
}

static bool get_locked(struct token_source *tokens, int64_t deadline_ms, struct buf *bearer, struct err *err)
{
    const struct auth_settings *auth = &tokens->settings->auth;
    oauth_wipe(bearer);
    if (auth->flow == AUTH_ACCESS_TOKEN)
        return buf_append_text(bearer, auth->access_token) ||
               err_set(err, ERR_CONFIG, "auth.access_token has more than %zu bytes", TOKEN_MAX_BYTES);
    bool fresh = tokens->bearer.length > 0 && clock_now_ms() < tokens->renew_at_ms;
    if (!fresh && !fetch(tokens, deadline_ms, err))
        return false;
    return copy_secret(bearer, &tokens->bearer, err);
}

bool token_get(struct token_source *tokens, int64_t deadline_ms, struct buf *bearer, struct err *err)
{
    pthread_mutex_lock(&tokens->mutex);
    bool got = get_locked(tokens, deadline_ms, bearer, err);
    pthread_mutex_unlock(&tokens->mutex);
    return got;
}

bool token_reject(struct token_source *tokens, const char *bearer)
{
    if (tokens->settings->auth.flow == AUTH_ACCESS_TOKEN)
        return false;
    pthread_mutex_lock(&tokens->mutex);
    /* Another thread may have renewed it meanwhile: then that one is tried first. */
    if (text_equal(buf_text(&tokens->bearer), bearer)) {
        oauth_wipe(&tokens->rejected);
        bool kept = buf_append(&tokens->rejected, tokens->bearer.bytes, tokens->bearer.length);
        (void)kept; /* the same ceiling */
        oauth_wipe(&tokens->bearer);
    }
    pthread_mutex_unlock(&tokens->mutex);
    return true;
}
