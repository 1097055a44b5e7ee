#include "job/settings.h"

#include "base/clock.h"
#include "job/job.h"
#include "job/manual.h"
#include "job/settings_url.h"
#include "wire/json/json_reader.h"

#include <string.h>

static void read_schema(const struct key_value *value, void *member)
{
    const char *expected = "a name of lower-case letters, digits and `_`, at most 63 bytes long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    if (!job_is_identifier(text))
        key_refuse(value, expected);
    else if (text_starts_with(text, "pg_"))
        finding_error(
            value->context->findings, value->node->place,
            "`%s` is `%s`, and PostgreSQL keeps names that begin with pg_ for itself: choose another",
            value->path, text);
    else if (text_equal(text, "tokenflex_etl"))
        finding_error(value->context->findings, value->node->place,
                      "`%s` is `tokenflex_etl`, where the tool keeps its own tables: choose another",
                      value->path);
    else
        *(const char **)member = arena_copy_text(value->context->arena, text);
}

/* Stored as decimal digits: it is compared with exact sums. */
static void read_tolerance(const struct key_value *value, void *member)
{
    const char *expected = "a number of tokens such as 0 or 0.5, at most 20 digits long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    size_t length = strlen(text);
    if (length <= 20 && strspn(text, "0123456789.") == length && json_is_number(text, length))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else
        key_refuse(value, expected);
}

static const char *const flows[] = {
    [AUTH_REFRESH_TOKEN] = "refresh_token",
    [AUTH_CLIENT_CREDENTIALS] = "client_credentials",
    [AUTH_ACCESS_TOKEN] = "access_token",
    NULL,
};

static const char *const stores[] = {
    [TOKEN_STORE_FILE] = "file",
    [TOKEN_STORE_DATABASE] = "database",
    NULL,
};

#define API(member) offsetof(struct api_settings, member)
#define AUTH(member) offsetof(struct auth_settings, member)
#define DATABASE(member) offsetof(struct database_settings, member)
#define RUN(member) offsetof(struct run_settings, member)

/* rate_limit and poll are mappings in the file, and members of struct api_settings: their tables start there
 * too. */
static const struct key rate_limit_keys[] = {
    {.name = "per_minute", .kind = KEY_RATE, .at = API(per_minute), .most = 100000},
    {.name = "burst", .kind = KEY_COUNT, .at = API(burst), .least = 1, .most = 100000},
    {.name = "period", .kind = KEY_DURATION, .at = API(period_ms)},
    {.name = "account", .kind = KEY_TEXT, .at = API(account), .may_be_empty = true},
    {.name = "max_per_minute", .kind = KEY_RATE, .at = API(max_per_minute), .most = 100000},
    {0},
};

static const struct key poll_keys[] = {
    {.name = "first", .kind = KEY_DURATION, .at = API(poll_first_ms)},
    {.name = "max", .kind = KEY_DURATION, .at = API(poll_max_ms)},
    {0},
};

static const struct key api_keys[] = {
    {.name = "base_url", .kind = KEY_OTHER, .at = API(base_url), .read = settings_read_url},
    {.name = "allow_insecure", .kind = KEY_FLAG, .at = API(allow_insecure)},
    {.name = "rate_limit", .kind = KEY_MAPPING, .table = rate_limit_keys},
    {.name = "poll", .kind = KEY_MAPPING, .table = poll_keys},
    {.name = "query_deadline", .kind = KEY_DURATION, .at = API(query_deadline_ms)},
    {.name = "result_lifetime", .kind = KEY_DURATION, .at = API(result_lifetime_ms)},
    {.name = "retries", .kind = KEY_COUNT, .at = API(retries), .most = 100},
    {.name = "retry_wait", .kind = KEY_DURATION, .at = API(retry_wait_ms)},
    {.name = "ca_file", .kind = KEY_PATH, .at = API(ca_file)},
    {0},
};

static const struct key auth_keys[] = {
    {.name = "flow", .kind = KEY_CHOICE, .at = AUTH(flow), .choices = flows},
    {.name = "client_id", .kind = KEY_TEXT, .at = AUTH(client_id), .may_be_empty = true},
    {.name = "client_secret", .kind = KEY_TEXT, .at = AUTH(client_secret), .may_be_empty = true},
    {.name = "client_secret_file", .kind = KEY_PATH, .at = AUTH(client_secret_file)},
    {.name = "access_token", .kind = KEY_TEXT, .at = AUTH(access_token), .may_be_empty = true},
    {.name = "token_file", .kind = KEY_PATH, .at = AUTH(token_file)},
    {.name = "token_store", .kind = KEY_CHOICE, .at = AUTH(token_store), .choices = stores},
    {.name = "token_key_file", .kind = KEY_PATH, .at = AUTH(token_key_file)},
    {.name = "scopes", .kind = KEY_NAMES, .at = AUTH(scopes)},
    {0},
};

static const struct key database_keys[] = {
    {.name = "dsn", .kind = KEY_TEXT, .at = DATABASE(dsn), .may_be_empty = true},
    {.name = "schema", .kind = KEY_OTHER, .at = DATABASE(schema), .read = read_schema},
    {.name = "grant_select_to", .kind = KEY_NAMES, .at = DATABASE(grant_select_to), .may_be_empty = true},
    {.name = "distribute_by",
     .kind = KEY_CHOICE,
     .at = DATABASE(distribute_by),
     .choices = job_distribute_choices},
    {0},
};

static const struct key run_keys[] = {
    {.name = "parallel_jobs", .kind = KEY_COUNT, .at = RUN(parallel_jobs), .least = 1, .most = 64},
    {.name = "metrics_file", .kind = KEY_PATH, .at = RUN(metrics_file), .may_be_empty = true},
    {.name = "report_file", .kind = KEY_PATH, .at = RUN(report_file), .may_be_empty = true},
    {.name = "ping_url", .kind = KEY_TEXT, .at = RUN(ping_url), .may_be_empty = true},
    {.name = "keep_runs", .kind = KEY_COUNT, .at = RUN(keep_runs_days), .most = 36500},
    {.name = "keep_history", .kind = KEY_COUNT, .at = RUN(keep_history_days), .most = 36500},
    {.name = "share", .kind = KEY_TEXT, .at = RUN(share), .may_be_empty = true},
    {0},
};

const struct key settings_keys[] = {
    {.name = "api", .kind = KEY_MAPPING, .at = offsetof(struct settings, api), .table = api_keys},
    {.name = "auth", .kind = KEY_MAPPING, .at = offsetof(struct settings, auth), .table = auth_keys},
    {.name = "database",
     .kind = KEY_MAPPING,
     .at = offsetof(struct settings, database),
     .table = database_keys},
    {.name = "run", .kind = KEY_MAPPING, .at = offsetof(struct settings, run), .table = run_keys},
    {.name = "reconcile_tolerance",
     .kind = KEY_OTHER,
     .at = offsetof(struct settings, reconcile_tolerance),
     .read = read_tolerance},
    {.name = "budgets",
     .kind = KEY_MAPPINGS,
     .at = offsetof(struct settings, budgets),
     .table = token_budget_keys,
     .read = token_budget_read},
    {0},
};

const char *const settings_secret_keys[] = {"client_secret", "access_token", "ping_url", NULL};

static const char *look_up(const struct yaml_source *source, const char *name)
{
    const char *value = source->lookup ? source->lookup(source->lookup_context, name) : NULL;
    return value ? value : "";
}

/* In the service's own directory under systemd (the first, where it has several), else in the user's home. */
static const char *default_token_file(struct arena *arena, const struct yaml_source *source)
{
    const char *state = look_up(source, "STATE_DIRECTORY");
    const char *home = look_up(source, "HOME");
    if (*state)
        return arena_print(arena, "%.*s/token.json", (int)strcspn(state, ":"), state);
    return *home ? arena_print(arena, "%s/.local/state/tokenflex-etl/token.json", home) : "";
}

/* The texts that come from variables where the file has no key for them. */
static void take_variables(struct auth_settings *auth, struct arena *arena, const struct yaml_source *source)
{
    const char *credentials = look_up(source, "CREDENTIALS_DIRECTORY");
    auth->client_id = arena_copy_text(arena, look_up(source, "TOKENFLEX_CLIENT_ID"));
    auth->client_secret = arena_copy_text(arena, look_up(source, "TOKENFLEX_CLIENT_SECRET"));
    auth->access_token = arena_copy_text(arena, look_up(source, "TOKENFLEX_ACCESS_TOKEN"));
    auth->token_file = default_token_file(arena, source);
    auth->credentials_file = *credentials ? arena_print(arena, "%s/client_secret", credentials) : NULL;
    auth->token_key_credential = *credentials ? arena_print(arena, "%s/token_key", credentials) : NULL;
}

static struct settings defaults(struct arena *arena, const struct yaml_source *source)
{
    static const char *const scopes[] = {"data:read", "data:write"};
    struct settings settings = {
        .api =
            {
                .base_url = "https://developer.api.autodesk.com",
                .per_minute = 5,
                .burst = 50,
                .period_ms = 28800000,
                .account = "",
                .poll_first_ms = 2000,
                .poll_max_ms = 30000,
                .query_deadline_ms = 300000,
                .result_lifetime_ms = 300000,
                .retries = 5,
                .retry_wait_ms = 1000,
            },
        .auth = {.flow = AUTH_REFRESH_TOKEN},
        .database = {.dsn = "", .schema = "tokenflex"},
        .run = {.parallel_jobs = 4,
                .metrics_file = "",
                .report_file = "",
                .ping_url = "",
                .keep_runs_days = 400,
                .share = ""},
        .reconcile_tolerance = "0",
    };
    take_variables(&settings.auth, arena, source);
    settings.auth.scopes.count = COUNT_OF(scopes);
    settings.auth.scopes.items = arena_alloc(arena, COUNT_OF(scopes), sizeof scopes[0]);
    memcpy(settings.auth.scopes.items, scopes, sizeof scopes);
    return settings;
}

struct settings settings_defaults(struct arena *arena, yaml_variable_lookup *lookup, void *lookup_context)
{
    return defaults(arena, &(struct yaml_source){.lookup = lookup, .lookup_context = lookup_context});
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

/* A URL that is refused is not used: a run with invalid settings still sends pings. */
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
                            "the scope %s is none that this tool needs: data:read and data:write are",
                            key_show(scopes->items[i], shown));
    }
}

static void settle_secret(struct auth_settings *auth, const struct yaml_node *node, struct findings *findings)
{
    const struct yaml_node *secret = yaml_get(node, "client_secret");
    const struct yaml_node *file = yaml_get(node, "client_secret_file");
    if (!file)
        return;
    if (secret && *secret->text)
        finding_error(findings, file->place,
                      "`auth.client_secret` and `auth.client_secret_file` are both given: keep one of them");
    else
        auth->client_secret = ""; /* the key in the file outweighs the variable */
}

static void check_token_key(const struct auth_settings *auth, const struct yaml_node *key,
                            struct findings *findings)
{
    if (key && auth->token_store == TOKEN_STORE_FILE)
        finding_warning(findings, key->place,
                        "`auth.token_key_file` has no effect: set `auth.token_store: database` too, or "
                        "remove it");
}

struct settings settings_read(const struct yaml_source *source, struct arena *arena,
                              struct findings *findings)
{
    struct settings settings = defaults(arena, source);
    struct yaml_documents documents;
    const struct keys_context context = {arena, findings, arena_copy_text(arena, look_up(source, "HOME"))};
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
    settle_secret(&settings.auth, yaml_get(root, "auth"), findings);
    check_token_key(&settings.auth, yaml_get(yaml_get(root, "auth"), "token_key_file"), findings);
    return settings;
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
        err_set(err, ERR_CONFIG, "the flow %s has no client id", flows[auth->flow]);
        return err_hint(err, "set auth.client_id, or the environment variable TOKENFLEX_CLIENT_ID");
    }
    if (auth->flow == AUTH_CLIENT_CREDENTIALS && !has_secret) {
        err_set(err, ERR_CONFIG, "the flow client_credentials has no client secret");
        return err_hint(err, "set auth.client_secret or auth.client_secret_file, or the environment variable "
                             "TOKENFLEX_CLIENT_SECRET");
    }
    if (auth->flow == AUTH_REFRESH_TOKEN && auth->token_store == TOKEN_STORE_FILE && !*auth->token_file) {
        err_set(err, ERR_CONFIG, "the flow refresh_token has no file for its token, since HOME is not set");
        return err_hint(err, "set auth.token_file to a path");
    }
    if (auth->flow == AUTH_REFRESH_TOKEN && auth->token_store == TOKEN_STORE_DATABASE &&
        !auth->token_key_file && !auth->token_key_credential) {
        err_set(err, ERR_CONFIG, "auth.token_store is database, and there is no key for the login");
        return err_hint(err, "set auth.token_key_file to a file with a key, the same on all hosts; to make "
                             "one: openssl rand -base64 32");
    }
    return true;
}
