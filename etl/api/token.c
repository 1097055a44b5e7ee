#include "api/token.h"

#include "api/oauth.h"
#include "api/retry.h"
#include "api/token_inner.h"
#include "api/token_store.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* A token is renewed this long before it expires, or a tenth of its lifetime if that is less. */
#define MARGIN_MS 60000
/* A longer wait for the endpoint is made without holding the login's lock. */
#define LONGEST_LOCKED_WAIT_MS 2000

struct token_source {
    const struct settings *settings;
    struct http_client *http;
    pthread_mutex_t mutex;    /* held while a token is being fetched: one thread fetches, the others wait */
    struct buf bearer;        /* empty: none yet */
    int64_t renew_at_ms;      /* monotonic */
    struct oauth_tries tries; /* of requesting a token, with waits in between */
    int64_t not_before_ms; /* monotonic: the next request to the endpoint is not sent before; 0: no limit */
    struct buf rejected;   /* a token that the service has answered with 401; empty: none */
    uint64_t count;        /* of tokens that were issued to this process */
    uint64_t number;       /* which of these the bearer is, from 1; 0: another process's */
    bool unsaved;          /* `store` is open, and `login` could not be written into it yet */
    struct token_store store;
    struct login login;
};

struct token_source *token_make(const struct settings *settings, struct http_client *http)
{
    struct token_source *tokens = mem_alloc(1, sizeof *tokens);
    tokens->settings = settings;
    tokens->http = http;
    tokens->bearer = buf_make(TOKEN_MAX_BYTES);
    tokens->rejected = buf_make(TOKEN_MAX_BYTES);
    tokens->store = token_store_make();
    tokens->login = login_make();
    pthread_mutex_init(&tokens->mutex, NULL);
    return tokens;
}

struct token token_none(void)
{
    return (struct token){.bearer = buf_make(TOKEN_MAX_BYTES)};
}

void token_cleanup(struct token *token)
{
    oauth_wipe(&token->bearer);
    buf_release(&token->bearer);
}

/* Tries once more to write a login that could not be written. */
static void save_at_the_end(struct token_source *tokens)
{
    struct err err;
    if (tokens->unsaved && !token_store_save(&tokens->store, &tokens->login, clock_now_ms(), &err))
        log_error("login-lost", &err);
}

void token_release(struct token_source *tokens)
{
    if (!tokens)
        return;
    save_at_the_end(tokens);
    token_store_cleanup(&tokens->store);
    login_cleanup(&tokens->login);
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

static bool use_token(struct token_source *tokens, const struct buf *token, int64_t good_for_ms,
                      struct err *err)
{
    if (!copy_secret(&tokens->bearer, token, err))
        return false;
    tokens->renew_at_ms = clock_deadline(good_for_ms);
    tokens->number = 0;
    log_debug("token-fetched", "using an access token that will be renewed in %.0f s",
              (double)good_for_ms / 1000);
    return true;
}

/* A token that was just issued. */
static bool adopt_new(struct token_source *tokens, const struct oauth_answer *answer, struct err *err)
{
    if (!use_token(tokens, &answer->access_token, token_use_ms(answer->lifetime_ms), err))
        return false;
    tokens->number = ++tokens->count;
    return true;
}

static bool fetch_by_credentials(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    struct oauth_answer answer;
    struct oauth_grant grant = {.kind = GRANT_CLIENT_CREDENTIALS, .deadline_ms = deadline_ms};
    bool fetched =
        oauth_ask(tokens->settings, tokens->http, &grant, &answer, err) && adopt_new(tokens, &answer, err);
    oauth_answer_cleanup(&answer);
    return fetched;
}

/* Uses the stored access token, which another process may have fetched, if it is valid and not rejected. */
static bool adopt_stored(struct token_source *tokens, const struct login *login, bool *adopted,
                         struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    int64_t lifetime_ms = login->access_until_ms - login->access_from_ms;
    int64_t good_for_ms = login->access_from_ms + token_use_ms(lifetime_ms) - now_ms;
    bool rejected = text_equal(buf_text(&login->access_token), buf_text(&tokens->rejected));
    /* A token issued in the future means that the clock has jumped: its expiry is wrong, so the token is not
     * used. */
    *adopted =
        login->access_token.length > 0 && !rejected && good_for_ms > 0 && login->access_from_ms <= now_ms;
    return !*adopted || use_token(tokens, &login->access_token, good_for_ms, err);
}

/* The answer is stored before it is used, since the previous refresh token is already invalid. */
static bool save_login(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    tokens->unsaved = !token_store_save(&tokens->store, &tokens->login, deadline_ms, err);
    return !tokens->unsaved;
}

/* Puts the answer's tokens into the login. Without an access token in the answer, the login has none. */
static bool take_answer(struct login *login, const struct oauth_answer *answer, struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    if (answer->refresh_token.length > 0) {
        if (!copy_secret(&login->refresh_token, &answer->refresh_token, err))
            return false;
        login->refresh_from_ms = now_ms;
    }
    login->access_from_ms = now_ms;
    login->access_until_ms = now_ms + answer->lifetime_ms;
    return copy_secret(&login->access_token, &answer->access_token, err);
}

/* The service will always refuse this refresh token: stores that, so that no later run sends it again. */
static void remember_refusal(struct token_source *tokens)
{
    struct err err;
    tokens->login.refused = true;
    if (!token_store_save(&tokens->store, &tokens->login, clock_now_ms(), &err))
        log_debug("token-store", "%s", err.text);
}

static bool keep_answer(struct token_source *tokens, const struct oauth_answer *answer, bool good,
                        int64_t deadline_ms, struct err *err)
{
    struct err unsaved;
    if (good)
        return take_answer(&tokens->login, answer, err) && save_login(tokens, deadline_ms, err) &&
               adopt_new(tokens, answer, err);
    if (answer->refresh_token.length > 0) {
        if (!take_answer(&tokens->login, answer, &unsaved) || !save_login(tokens, deadline_ms, &unsaved))
            *err = unsaved;
    } else if (answer->grant_refused) {
        remember_refusal(tokens);
    }
    return false;
}

static bool refuse_client(const struct settings *settings, const struct login *login, struct err *err)
{
    char what[TOKEN_STORE_TEXT];
    err_set(err, ERR_AUTH, "the %s belongs to client `%s`, the settings name `%s`",
            token_store_describe(settings, what), buf_text(&login->client_id), settings->auth.client_id);
    return err_hint(err, "set auth.client_id as it was, or log in again: %s", program_login());
}

static bool refuse_without_login(const struct settings *settings, struct err *err)
{
    char what[TOKEN_STORE_TEXT];
    err_set(err, ERR_AUTH, "no administrator has logged in yet: there is no %s",
            token_store_describe(settings, what));
    return err_hint(err, "let an administrator log in once: %s", program_login());
}

static bool refuse_again(const char *place, struct err *err)
{
    err_set(err, ERR_AUTH, "the login has ended: the service has refused the refresh token in %s", place);
    return err_hint(err, "an administrator has to log in again: %s", program_login());
}

/* Reads the login to renew. *adopted: its access token is still valid and is used. */
static bool read_login(struct token_source *tokens, bool *adopted, struct err *err)
{
    bool exists;
    const struct settings *settings = tokens->settings;
    struct login *login = &tokens->login;
    if (!token_store_read(&tokens->store, login, &exists, err))
        return false;
    if (!exists)
        return refuse_without_login(settings, err);
    if (!text_equal(buf_text(&login->client_id), settings->auth.client_id))
        return refuse_client(settings, login, err);
    if (!adopt_stored(tokens, login, adopted, err) || *adopted)
        return *adopted;
    return !login->refused || refuse_again(token_store_place(settings), err);
}

/* Every other step that can fail is done before the service receives the refresh token. */
static bool refresh_locked(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    bool adopted = false;
    if (!read_login(tokens, &adopted, err) || adopted)
        return adopted;
    if (!token_store_prepare(&tokens->store, err))
        return false;
    struct oauth_answer answer;
    struct oauth_grant grant = {.kind = GRANT_REFRESH_TOKEN,
                                .refresh_token = buf_text(&tokens->login.refresh_token),
                                .deadline_ms = deadline_ms,
                                .before = tokens->tries,
                                .longest_wait_ms = LONGEST_LOCKED_WAIT_MS};
    bool answered = oauth_ask(tokens->settings, tokens->http, &grant, &answer, err);
    bool kept = keep_answer(tokens, &answer, answered, deadline_ms, err);
    tokens->tries = answer.wait_ms > 0 ? answer.tries : (struct oauth_tries){0};
    tokens->not_before_ms = answer.wait_ms > 0 ? clock_deadline(answer.wait_ms) : 0;
    oauth_answer_cleanup(&answer);
    return kept;
}

/* Opens the store. Repeats that up to api.retries times while the login's database cannot be reached, as a
 * run does with its connection. */
static bool open_store(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    const struct api_settings *api = &tokens->settings->api;
    for (unsigned failures = 0;; failures++) {
        if (token_store_open(tokens->settings, deadline_ms, &tokens->store, err))
            return true;
        int64_t wait_ms = retry_backoff_ms(api->retry_wait_ms, failures, random_fraction());
        if (err->kind != ERR_UNAVAILABLE || failures >= api->retries ||
            clock_deadline(wait_ms) >= deadline_ms)
            return false;
        token_store_cleanup(&tokens->store);
        log_warn("database-retry", "%s; connecting again in %.1f s", err->text, (double)wait_ms / 1000);
        progress_wait("to connect to the database again", clock_deadline(wait_ms));
        if (!stop_sleep(wait_ms, err))
            return false;
    }
}

static void close_store(struct token_source *tokens)
{
    token_store_cleanup(&tokens->store);
    login_cleanup(&tokens->login);
    tokens->login = login_make();
}

/* Writes the login that an earlier call could not write; until then the lock is held. *adopted: its access
 * token is still valid. */
static bool finish_unsaved(struct token_source *tokens, int64_t deadline_ms, bool *adopted, struct err *err)
{
    *adopted = false;
    if (!tokens->unsaved)
        return true;
    if (!save_login(tokens, deadline_ms, err))
        return false;
    bool read = adopt_stored(tokens, &tokens->login, adopted, err);
    close_store(tokens);
    return read;
}

/* The lock is held from reading the login until the answer is stored, so that no two processes use one
 * refresh token. Saving ends the lock in the database, so the store is opened again after an unsaved login is
 * written.
 */
static bool fetch_by_refresh(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    bool adopted;
    if (!finish_unsaved(tokens, deadline_ms, &adopted, err) || adopted)
        return adopted;
    bool fetched = open_store(tokens, deadline_ms, err) && refresh_locked(tokens, deadline_ms, err);
    if (!tokens->unsaved)
        close_store(tokens);
    return fetched;
}

static bool fetch(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    switch (tokens->settings->auth.flow) {
    case AUTH_CLIENT_CREDENTIALS:
        return fetch_by_credentials(tokens, deadline_ms, err);
    case AUTH_REFRESH_TOKEN:
        return fetch_by_refresh(tokens, deadline_ms, err);
    case AUTH_ACCESS_TOKEN:
        break;
    }
    return err_set(err, ERR_BUG, "a given access token is not fetched");
}

/* *wait_ms: on failure, how long to wait before the next try; 0: another try does not help. */
static bool get_locked(struct token_source *tokens, int64_t deadline_ms, struct buf *bearer, int64_t *wait_ms,
                       struct err *err)
{
    const struct auth_settings *auth = &tokens->settings->auth;
    *wait_ms = 0;
    oauth_wipe(bearer);
    if (auth->flow == AUTH_ACCESS_TOKEN)
        return buf_append_text(bearer, auth->access_token) ||
               err_set(err, ERR_CONFIG, "auth.access_token has more than %zu bytes", TOKEN_MAX_BYTES);
    bool fresh = tokens->bearer.length > 0 && clock_now_ms() < tokens->renew_at_ms;
    bool must_wait = clock_now_ms() < tokens->not_before_ms;
    if (!fresh && must_wait)
        err_set(err, ERR_UNAVAILABLE, "the token endpoint asks to wait");
    if (fresh || (!must_wait && fetch(tokens, deadline_ms, err)))
        return copy_secret(bearer, &tokens->bearer, err);
    *wait_ms = tokens->not_before_ms > 0 ? tokens->not_before_ms - clock_now_ms() : 0;
    return false;
}

/* Waits no longer than the caller's deadline: another thread with a later deadline may be fetching the token.
 */
static bool lock(struct token_source *tokens, int64_t deadline_ms, struct err *err)
{
    struct timespec until = {.tv_sec = (time_t)(deadline_ms / 1000),
                             .tv_nsec = (long)(deadline_ms % 1000) * 1000000};
    if (deadline_ms == CLOCK_NEVER)
        return pthread_mutex_lock(&tokens->mutex) == 0;
    return pthread_mutex_clocklock(&tokens->mutex, CLOCK_MONOTONIC, &until) == 0 ||
           err_set(err, ERR_LATER,
                   "the job's timeout has passed while another job requested an access token");
}

static bool wait_out(int64_t wait_ms, int64_t deadline_ms, struct err *err)
{
    if (clock_deadline(wait_ms) >= deadline_ms) {
        err->kind = ERR_LATER;
        return err_wrap(err, "waiting %.0f s more would pass the job's timeout", (double)wait_ms / 1000);
    }
    log_warn("token-retry", "%s; asking again in %.1f s", err->text, (double)wait_ms / 1000);
    progress_wait("to request an access token again", clock_deadline(wait_ms));
    return stop_sleep(wait_ms, err);
}

bool token_check_login(const struct settings *settings, struct pg *pg, struct err *err)
{
    struct err ignored;
    bool exists = true;
    bool is_in_database = settings->auth.token_store == TOKEN_STORE_DATABASE;
    SCOPED(login) struct login login = login_make();
    if (settings->auth.flow != AUTH_REFRESH_TOKEN || is_in_database != (pg != NULL))
        return true;
    bool read = is_in_database ? token_database_has_login(settings, pg, &exists, &ignored)
                               : token_file_read(settings->auth.token_file, &login, &exists, &ignored);
    return !read || exists || refuse_without_login(settings, err);
}

bool token_get(struct token_source *tokens, int64_t deadline_ms, struct token *token, struct err *err)
{
    for (;;) {
        int64_t wait_ms;
        if (!lock(tokens, deadline_ms, err))
            return false;
        bool got = get_locked(tokens, deadline_ms, &token->bearer, &wait_ms, err);
        token->number = tokens->number;
        pthread_mutex_unlock(&tokens->mutex);
        if (got || wait_ms <= 0)
            return got;
        if (!wait_out(wait_ms, deadline_ms, err))
            return false;
    }
}

bool token_reject(struct token_source *tokens, int64_t deadline_ms, const struct token *token,
                  uint64_t *count)
{
    struct err ignored;
    if (tokens->settings->auth.flow == AUTH_ACCESS_TOKEN)
        return false;
    if (!lock(tokens, deadline_ms, &ignored))
        return true; /* token_get() will say so */
    *count = tokens->count;
    /* Another thread may have renewed it meanwhile: then that one is tried first. */
    if (text_equal(buf_text(&tokens->bearer), buf_text(&token->bearer))) {
        oauth_wipe(&tokens->rejected);
        bool kept = buf_append(&tokens->rejected, tokens->bearer.bytes, tokens->bearer.length);
        (void)kept; /* the same ceiling */
        oauth_wipe(&tokens->bearer);
    }
    pthread_mutex_unlock(&tokens->mutex);
    return true;
}
