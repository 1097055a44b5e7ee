/* The page that a browser would show, without the browser: consent is given, or denied, at once. */
#include "clock.h"
#include "oauth.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct authorize_call {
    char *response_type, *client_id, *redirect_uri, *scope, *state, *challenge, *method;
};

static struct authorize_call read_call(const char *form)
{
    return (struct authorize_call){.response_type = text_form_get(form, "response_type"),
                                   .client_id = text_form_get(form, "client_id"),
                                   .redirect_uri = text_form_get(form, "redirect_uri"),
                                   .scope = text_form_get(form, "scope"),
                                   .state = text_form_get(form, "state"),
                                   .challenge = text_form_get(form, "code_challenge"),
                                   .method = text_form_get(form, "code_challenge_method")};
}

static void free_call(struct authorize_call *call)
{
    free(call->response_type);
    free(call->client_id);
    free(call->redirect_uri);
    free(call->scope);
    free(call->state);
    free(call->challenge);
    free(call->method);
}

/* The error that is told to the redirect URI, or NULL. */
static const char *error_of(const struct authorize_call *call, const struct config *config)
{
    const struct client *client = config_client(config, call->client_id);

    if (call->response_type == NULL || strcmp(call->response_type, "code") != 0)
        return "unsupported_response_type";
    if (call->scope == NULL || *call->scope == '\0' || !oauth_scopes_known(call->scope))
        return "invalid_scope";
    if (call->challenge != NULL && (call->method == NULL || strcmp(call->method, "S256") != 0))
        return "invalid_request";
    if (call->challenge == NULL && client->secret == NULL)
        return "invalid_request";
    return config->consent == CONSENT_DENY ? "access_denied" : NULL;
}

static char *make_code(struct sim *sim, const struct authorize_call *call, const struct config *config)
{
    sim_lock(sim);
    char *code = mem_text(
        tokens_give(&sim->tokens, &(struct grant_terms){.kind = GRANT_CODE,
                                                        .client = call->client_id,
                                                        .scopes = call->scope,
                                                        .redirect_uri = call->redirect_uri,
                                                        .code_challenge = call->challenge,
                                                        .until_ms = clock_ms() + config->code_lifetime_ms}));
    sim_unlock(sim);
    return code;
}

void oauth_authorize(struct sim *sim, struct request *request, struct reply *reply)
{
    struct authorize_call call = read_call(request->form);
    const char *error;
    struct buf to = BUF_MAX(65536);

    if (call.client_id == NULL || config_client(request->config, call.client_id) == NULL) {
        reply_oauth_error(reply, 400, "invalid_client", "The client_id is missing or unknown.");
    } else if (call.redirect_uri == NULL || strstr(call.redirect_uri, "://") == NULL) {
        reply_oauth_error(reply, 400, "invalid_request", "The redirect_uri is missing or is none.");
    } else {
        error = error_of(&call, request->config);
        buf_format(&to, "%s%c", call.redirect_uri, strchr(call.redirect_uri, '?') == NULL ? '?' : '&');
        if (error == NULL) {
            char *code = make_code(sim, &call, request->config);

            buf_format(&to, "code=%s", code);
            free(code);
        } else {
            buf_format(&to, "error=%s", error);
        }
        if (call.state != NULL) {
            buf_text(&to, "&state=");
            buf_percent(&to, call.state);
        }
        reply->status = 302;
        reply_header(reply, "Location", to.data);
    }
    buf_free(&to);
    free_call(&call);
}
