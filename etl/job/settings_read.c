#include "job/settings_read.h"

#include "base/clock.h"
#include "base/environment.h"
#include "job/key_list.h"
#include "job/settings_keys.h"
#include "job/settings_url.h"

#include <string.h>

static const char *look_up(const struct yaml_source *source, enum environment_variable variable)
{
    const char *name = environment[variable].name;
    const char *value = source->lookup ? source->lookup(source->lookup_context, name) : NULL;
    return value ? value : "";
}

static struct settings defaults(struct arena *arena, const struct yaml_source *source)
{
    struct findings ignored = {.arena = arena}; /* ~ in a default, and no HOME */
    const struct keys_context context = {.arena = arena,
                                         .findings = &ignored,
                                         .home = arena_copy_text(arena, look_up(source, ENVIRONMENT_HOME))};
    const char *credentials = look_up(source, ENVIRONMENT_CREDENTIALS);
    const char *state = look_up(source, ENVIRONMENT_STATE);
    struct settings settings = {
        .auth = {.client_id = "", .client_secret = "", .access_token = "", .token_file = ""}};
    keys_set_defaults(&context, settings_keys, source, &settings);
    /* Under systemd the file is in the directory of the service: the first, if there are several. */
    if (*state)
        settings.auth.token_file = arena_print(arena, "%.*s/token.json", (int)strcspn(state, ":"), state);
    if (*credentials) {
        settings.auth.credentials_file = arena_print(arena, "%s/client_secret", credentials);
        settings.auth.token_key_credential = arena_print(arena, "%s/token_key", credentials);
    }
    return settings;
}

struct settings settings_defaults(struct arena *arena, yaml_variable_lookup *lookup, void *lookup_context)
{
    return defaults(arena, &(struct yaml_source){.lookup = lookup, .lookup_context = lookup_context});
}

const char *const *settings_secret_keys(struct arena *arena)
{
    return key_list_secrets(settings_keys, arena);
}

static void check_api(const struct api_settings *api, const struct yaml_node *node, struct findings *findings)
{
    const struct yaml_node *url = yaml_get(node, "base_url");
    const struct yaml_node *poll = yaml_get(node, "poll");
    const struct yaml_node *first = yaml_get(poll, "first");
    if (url && !api->allow_insecure && !settings_url_is_safe(api->base_url))
        finding_error(
            findings, url->place,
            "`api.base_url` is http:// to another machine, which would show the token to the network: use "
            "https://, or set `api.allow_insecure: true`");
    const struct yaml_node *highest = yaml_get(yaml_get(node, "rate_limit"), "max_per_minute");
    if (highest && api->max_per_minute > 0 && api->max_per_minute < api->per_minute)
        finding_error(findings, highest->place,
                      "`api.rate_limit.max_per_minute` (%g) is less than `api.rate_limit.per_minute` (%g): "
                      "raise it, or set it to 0",
                      api->max_per_minute, api->per_minute);
    if (api->poll_first_ms > api->poll_max_ms) {
        char first_text[DURATION_TEXT];
        char max_text[DURATION_TEXT];
        finding_error(
            findings, first ? first->place : poll->place,
            "`api.poll.first` (%s) is longer than `api.poll.max` (%s): shorten it, or raise the other",
            duration_format(api->poll_first_ms, first_text), duration_format(api->poll_max_ms, max_text));
    }
}

/* A run with invalid settings still sends pings, so a URL that is refused is removed from the settings. */
static void check_ping(struct run_settings *run, bool allow_insecure, const struct yaml_node *url,
                       struct findings *findings)
{
    const char *fault = *run->ping_url ? settings_ping_url_fault(run->ping_url, allow_insecure) : NULL;
    if (!fault)
        return;
    run->ping_url = "";
    finding_error(findings, url->place, "`run.ping_url` %s", fault);
}

static void check_scopes(const struct yaml_node *scopes, struct findings *findings)
{
    static const char *const known[] = {"data:read", "data:write"};
    if (!scopes || scopes->kind != YAML_SEQUENCE)
        return;
    for (size_t i = 0; i < scopes->count; i++) {
        const char *text = scopes->items[i]->text;
        char shown[KEY_SHOWN];
        if (*text && !text_equal(text, known[0]) && !text_equal(text, known[1]))
            finding_warning(findings, scopes->items[i]->place,
                            "the scope %s is not needed by this tool: use data:read and data:write",
                            key_show(scopes->items[i], shown));
    }
}

static void choose_secret(struct auth_settings *auth, const struct yaml_node *node, struct findings *findings)
{
    const struct yaml_node *secret = yaml_get(node, "client_secret");
    const struct yaml_node *file = yaml_get(node, "client_secret_file");
    if (!file)
        return;
    auth->client_secret_place = file->place;
    if (secret && *secret->text)
        finding_error(findings, file->place,
                      "`auth.client_secret` and `auth.client_secret_file` are both given: keep one of them");
    else
        auth->client_secret = ""; /* the key in the file outweighs the variable */
}

/* Warns of settings that have no effect with this store or flow, and advises if the store in the database has
 * no key. */
static void check_token_store(const struct auth_settings *auth, const struct yaml_node *node,
                              struct findings *findings)
{
    const struct yaml_node *store = yaml_get(node, "token_store");
    const struct yaml_node *file = yaml_get(node, "token_file");
    const struct yaml_node *key = yaml_get(node, "token_key_file");
    bool in_database = auth->token_store == TOKEN_STORE_DATABASE;
    if (key && !in_database)
        finding_warning(findings, key->place,
                        "`auth.token_key_file` has no effect: set `auth.token_store: database` too, or "
                        "remove it");
    if (file && in_database)
        finding_warning(findings, file->place,
                        "`auth.token_file` has no effect: with `auth.token_store: database` the login is in "
                        "the database; remove one of them");
    if (store && in_database && auth->flow != AUTH_REFRESH_TOKEN)
        finding_warning(findings, store->place,
                        "`auth.token_store: database` has no effect: the flow %s keeps no login; remove it",
                        auth_flow_names[auth->flow]);
    else if (store && in_database && !key && !auth->token_key_credential)
        finding_advice(findings, store->place,
                       "no key for the login is set: a run needs `auth.token_key_file`, or the credential "
                       "token_key of its systemd unit");
}

struct settings settings_read(const struct yaml_source *source, struct arena *arena,
                              struct findings *findings)
{
    struct settings settings = defaults(arena, source);
    struct yaml_documents documents;
    const struct keys_context context = {
        arena, findings, arena_copy_text(arena, look_up(source, ENVIRONMENT_HOME)), settings_keys};
    settings.file = source->file;
    yaml_read(source, arena, findings, &documents);
    if (documents.count == 0)
        return settings;
    if (documents.count > 1)
        finding_error(
            findings, documents.items[1]->place,
            "a settings file is one document, and a second one begins here: remove the --- before it");
    const struct yaml_node *root = documents.items[0];
    const struct yaml_node *dsn = yaml_get(yaml_get(root, "database"), "dsn");
    keys_read(&(struct key_value){&context, "", root}, settings_keys, &settings);
    check_api(&settings.api, yaml_get(root, "api"), findings);
    check_ping(&settings.run, settings.api.allow_insecure, yaml_get(yaml_get(root, "run"), "ping_url"),
               findings);
    settings.database.dsn_place = dsn ? dsn->place : (struct place){.file = source->file};
    token_budgets_check(&settings.budgets, findings);
    check_scopes(yaml_get(yaml_get(root, "auth"), "scopes"), findings);
    choose_secret(&settings.auth, yaml_get(root, "auth"), findings);
    check_token_store(&settings.auth, yaml_get(root, "auth"), findings);
    return settings;
}
