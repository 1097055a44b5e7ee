#include "job/settings.h"

const char *const auth_flow_names[] = {
    [AUTH_REFRESH_TOKEN] = "refresh_token",
    [AUTH_CLIENT_CREDENTIALS] = "client_credentials",
    [AUTH_ACCESS_TOKEN] = "access_token",
    NULL,
};

bool settings_check_token_file(const struct settings *settings, struct err *err)
{
    if (settings->auth.token_store != TOKEN_STORE_FILE || *settings->auth.token_file)
        return true;
    err_set(err, ERR_CONFIG, "the flow refresh_token has no file for its token, since HOME is not set");
    return err_hint(err, "set auth.token_file to a path");
}

bool settings_check_auth(const struct settings *settings, struct err *err)
{
    const struct auth_settings *auth = &settings->auth;
    bool has_secret = *auth->client_secret || auth->client_secret_file || auth->credentials_file;
    if (auth->flow == AUTH_ACCESS_TOKEN) {
        if (*auth->access_token)
            return true;
        err_set(err, ERR_CONFIG, "the flow access_token has no access token");
        return err_hint(err, "set auth.access_token, or the environment variable TOKENFLEX_ACCESS_TOKEN");
    }
    if (!*auth->client_id) {
        err_set(err, ERR_CONFIG, "the flow %s has no client id", auth_flow_names[auth->flow]);
        return err_hint(err, "set auth.client_id, or the environment variable TOKENFLEX_CLIENT_ID");
    }
    if (auth->flow == AUTH_CLIENT_CREDENTIALS && !has_secret) {
        err_set(err, ERR_CONFIG, "the flow client_credentials has no client secret");
        return err_hint(err, "set auth.client_secret or auth.client_secret_file, or the environment variable "
                             "TOKENFLEX_CLIENT_SECRET");
    }
    if (auth->flow == AUTH_REFRESH_TOKEN && !settings_check_token_file(settings, err))
        return false;
    if (auth->flow == AUTH_REFRESH_TOKEN && auth->token_store == TOKEN_STORE_DATABASE &&
        !auth->token_key_file && !auth->token_key_credential) {
        err_set(err, ERR_CONFIG, "auth.token_store is database, and there is no key for the login");
        return err_hint(err, "set auth.token_key_file to a file with a key, the same on all hosts; to make "
                             "one: openssl rand -base64 32");
    }
    return true;
}
