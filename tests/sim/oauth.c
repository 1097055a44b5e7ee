#include "oauth.h"

#include "clock.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const known_scopes = "data:read data:write data:create data:search account:read "
                                        "account:write user-profile:read user:read openid";

/* What a client sent to the token endpoint; the texts are owned, NULL where absent. */
struct token_call {
    char *grant_type, *code, *redirect_uri, *code_verifier, *refresh_token, *scope;
    char *body_id, *body_secret;
    char *basic; /* id:secret; the id ends at the colon once read */
    const char *client_id;
    const struct client *client;
};

bool oauth_scopes_known(const char *scopes)
{
    char *copy = mem_text(scopes), *rest = copy, *word;
    bool known = true;

    while ((word = strsep(&rest, " ")) != NULL)
        known = known && (*word == '\0' || text_has_word(known_scopes, word));
    free(copy);
    return known;
}

static bool scopes_within(const char *asked, const char *granted)
{
    char *copy = mem_text(asked), *rest = copy, *word;
    bool within = true;

    while ((word = strsep(&rest, " ")) != NULL)
        within = within && (*word == '\0' || text_has_word(granted, word));
    free(copy);
    return within;
}

static struct token_call read_call(const struct request *request)
{
    const char *form = request_body(request);
    struct token_call call = {.grant_type = text_form_get(form, "grant_type"),
                              .code = text_form_get(form, "code"),
                              .redirect_uri = text_form_get(form, "redirect_uri"),
                              .code_verifier = text_form_get(form, "code_verifier"),
                              .refresh_token = text_form_get(form, "refresh_token"),
                              .scope = text_form_get(form, "scope"),
                              .body_id = text_form_get(form, "client_id"),
                              .body_secret = text_form_get(form, "client_secret")};

    if (request->authorization != NULL && strncasecmp(request->authorization, "Basic ", 6) == 0)
        call.basic = text_base64_decode(request->authorization + 6);
    return call;
}

static void free_call(struct token_call *call)
{
    free(call->grant_type);
    free(call->code);
    free(call->redirect_uri);
    free(call->code_verifier);
    free(call->refresh_token);
    free(call->scope);
    free(call->body_id);
    free(call->body_secret);
    free(call->basic);
}

/* Client authentication: Basic or body, never both; public clients by their id alone. */
static bool know_client(const struct request *request, struct token_call *call, struct reply *reply)
{
    const char *secret = call->body_secret;
    bool basic = request->authorization != NULL;

    call->client_id = call->body_id;
    if (basic && (call->body_id != NULL || call->body_secret != NULL)) {
        reply_oauth_error(reply, 400, "invalid_request",
                          "Client credentials in the header and in the body at once.");
        return false;
    }
    if (basic) {
        char *colon = call->basic != NULL ? strchr(call->basic, ':') : NULL;

        if (colon != NULL)
            *colon = '\0';
        call->client_id = call->basic;
        secret = colon != NULL ? colon + 1 : NULL;
    }
    call->client = call->client_id != NULL ? config_client(request->config, call->client_id) : NULL;
    bool good = call->client != NULL &&
                (call->client->secret == NULL ? secret == NULL || *secret == '\0'
                                              : secret != NULL && strcmp(secret, call->client->secret) == 0);
    if (!good)
        reply_oauth_error(reply, 401, "invalid_client",
                          "The client_id or client_secret specified is invalid.");
    return good;
}

/* Adds the answer with a new access token, and a new refresh token where with_refresh. Under the lock. */
static void give(struct sim *sim, const struct request *request, const char *client, const char *scopes,
                 bool with_refresh, struct reply *reply)
{
    const struct config *config = request->config;
    int64_t now_ms = clock_ms();
    const char *access =
        tokens_give(&sim->tokens, &(struct grant_terms){.kind = GRANT_ACCESS,
                                                        .client = client,
                                                        .scopes = scopes,
                                                        .two_legged = !with_refresh,
                                                        .until_ms = now_ms + config->access_lifetime_ms});

    buf_format(&reply->body, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%lld", access,
               (long long)(config->access_lifetime_ms / 1000));
    if (with_refresh) {
        const char *refresh = tokens_give(
            &sim->tokens, &(struct grant_terms){.kind = GRANT_REFRESH,
                                                .client = client,
                                                .scopes = scopes,
                                                .until_ms = now_ms + config->refresh_lifetime_ms});

        buf_format(&reply->body, ",\"refresh_token\":\"%s\"", refresh);
    }
    buf_char(&reply->body, '}');
}

static bool challenge_met(const struct grant *code, const char *verifier)
{
    bool met;

    if (code->code_challenge == NULL)
        return verifier == NULL;
    char *made = text_code_challenge(verifier != NULL ? verifier : "");
    met = verifier != NULL && strcmp(made, code->code_challenge) == 0;
    free(made);
    return met;
}

static void grant_code(struct sim *sim, const struct request *request, const struct token_call *call,
                       struct reply *reply)
{
    struct grant *code = tokens_find(&sim->tokens, GRANT_CODE, call->code);
    bool good = code != NULL && !code->used && clock_ms() <= code->until_ms &&
                strcmp(code->client, call->client_id) == 0 && call->redirect_uri != NULL &&
                strcmp(code->redirect_uri, call->redirect_uri) == 0 &&
                challenge_met(code, call->code_verifier);

    if (!good) {
        reply_oauth_error(reply, 400, "invalid_grant", "The authorization code is invalid, used or expired.");
        return;
    }
    code->used = true;
    give(sim, request, call->client_id, code->scopes, true, reply);
}

static void grant_refresh(struct sim *sim, const struct request *request, const struct token_call *call,
                          struct reply *reply)
{
    struct grant *refresh = tokens_find(&sim->tokens, GRANT_REFRESH, call->refresh_token);
    bool good = refresh != NULL && !refresh->used && clock_ms() <= refresh->until_ms &&
                (refresh->client == NULL || strcmp(refresh->client, call->client_id) == 0);

    if (refresh != NULL && refresh->used)
        sim->stats.refresh_reused++;
    if (!good) {
        reply_oauth_error(reply, 400, "invalid_grant", "The refresh token is invalid or expired.");
        return;
    }
    if (call->scope != NULL && !scopes_within(call->scope, refresh->scopes)) {
        reply_oauth_error(reply, 400, "invalid_scope", "The scope is no subset of the one granted.");
        return;
    }
    refresh->used = true;
    sim->stats.refresh_used++;
    char *scopes = mem_text(call->scope != NULL ? call->scope : refresh->scopes);
    give(sim, request, call->client_id, scopes, true, reply);
    free(scopes);
}

static void grant_client(struct sim *sim, const struct request *request, const struct token_call *call,
                         struct reply *reply)
{
    if (call->client->secret == NULL || !call->client->two_legged)
        reply_oauth_error(reply, 400, "unauthorized_client", "The client may not use client_credentials.");
    else if (call->scope == NULL || *call->scope == '\0' || !oauth_scopes_known(call->scope))
        reply_oauth_error(reply, 400, "invalid_scope", "The scope is missing or unknown.");
    else
        give(sim, request, call->client_id, call->scope, false, reply);
}

void oauth_token(struct sim *sim, struct request *request, struct reply *reply)
{
    struct token_call call = read_call(request);
    const char *type = call.grant_type != NULL ? call.grant_type : "";
    int64_t wait_ms;

    sim_lock(sim);
    bool within = budget_take(&sim->token_budget, request->config->token_per_minute,
                              request->config->token_per_minute, clock_ms(), &wait_ms);
    if (!within)
        reply_quota(reply, (wait_ms + 999) / 1000);
    else if (know_client(request, &call, reply)) {
        if (strcmp(type, "authorization_code") == 0)
            grant_code(sim, request, &call, reply);
        else if (strcmp(type, "refresh_token") == 0)
            grant_refresh(sim, request, &call, reply);
        else if (strcmp(type, "client_credentials") == 0)
            grant_client(sim, request, &call, reply);
        else
            reply_oauth_error(reply, 400, "unsupported_grant_type", "The grant_type is missing or unknown.");
    }
    sim_unlock(sim);
    reply_header(reply, "Cache-Control", "no-store");
    free_call(&call);
}

/* The scopes of a bearer, or NULL when it is none that is good now. Under the lock. */
static const char *bearer_scopes(struct sim *sim, struct request *request)
{
    const char *bearer = request->authorization;

    if (bearer == NULL || strncasecmp(bearer, "Bearer ", 7) != 0)
        return NULL;
    bearer += 7;
    if (*request->config->access_token != '\0' && strcmp(bearer, request->config->access_token) == 0)
        return request->config->access_token_scopes;
    struct grant *grant = tokens_find(&sim->tokens, GRANT_ACCESS, bearer);
    if (grant == NULL || clock_ms() > grant->until_ms)
        return NULL;
    request->two_legged = grant->two_legged;
    return grant->scopes;
}

bool oauth_admit(struct sim *sim, struct request *request, struct reply *reply)
{
    if (!request->config->require_auth || request->scope == NULL)
        return true;
    sim_lock(sim);
    const char *scopes = bearer_scopes(sim, request);
    bool known = scopes != NULL, within = known && text_has_word(scopes, request->scope);
    sim_unlock(sim);
    if (!known)
        reply_auth_error(reply, 401, "AUTH-006", "The access token provided is invalid or has expired.");
    else if (!within)
        reply_auth_error(reply, 403, "AUTH-010", "Token does not have the privilege for this request.");
    return within;
}
