#include "job/settings_read.h"
#include "unit/job/reading.h"

#include <stdlib.h>

static const char *const home[] = {"HOME=/srv/etl", NULL};

static void assert_default_api(const struct api_settings *api)
{
    assert_string_equal(api->base_url, "https://developer.api.autodesk.com");
    assert_false(api->allow_insecure);
    assert_true(api->per_minute == 5.0);
    assert_int_equal(api->burst, 50);
    assert_int_equal(api->period_ms, 28800000);
    assert_string_equal(api->account, "");
    assert_true(api->max_per_minute == 0);
    assert_int_equal(api->poll_first_ms, 2000);
    assert_int_equal(api->poll_max_ms, 30000);
    assert_int_equal(api->query_deadline_ms, 300000);
    assert_int_equal(api->result_lifetime_ms, 300000);
    assert_int_equal(api->retries, 5);
    assert_int_equal(api->retry_wait_ms, 1000);
    assert_null(api->ca_file);
}

static void assert_defaults(const struct settings *settings)
{
    assert_default_api(&settings->api);
    assert_int_equal(settings->auth.flow, AUTH_REFRESH_TOKEN);
    assert_string_equal(settings->auth.client_id, "");
    assert_string_equal(settings->auth.client_secret, "");
    assert_null(settings->auth.client_secret_file);
    assert_null(settings->auth.credentials_file);
    assert_string_equal(settings->auth.access_token, "");
    assert_string_equal(settings->auth.token_file, "/srv/etl/.local/state/tokenflex-etl/token.json");
    assert_int_equal(settings->auth.scopes.count, 2);
    assert_string_equal(settings->auth.scopes.items[0], "data:read");
    assert_string_equal(settings->auth.scopes.items[1], "data:write");
    assert_string_equal(settings->database.dsn, "");
    assert_string_equal(settings->database.schema, "tokenflex");
    assert_int_equal(settings->database.grant_select_to.count, 0);
    assert_int_equal(settings->run.parallel_jobs, 4);
    assert_string_equal(settings->run.metrics_file, "");
    assert_string_equal(settings->run.ping_url, "");
    assert_int_equal(settings->run.keep_runs_days, 400);
    assert_string_equal(settings->reconcile_tolerance, "0");
}

static void absent_keys_have_their_defaults(void **state)
{
    (void)state;
    SCOPED(reading) struct reading empty = read_settings("", home);
    assert_findings(empty, "");
    assert_defaults(&empty.settings);
    SCOPED(reading) struct reading defaults = reading_make();
    struct settings alone = settings_defaults(defaults.arena, environment_lookup, (void *)(uintptr_t)home);
    assert_defaults(&alone);
    assert_null(alone.file);
}

static void the_token_is_in_the_state_directory_of_systemd(void **state)
{
    (void)state;
    static const char *const service[] = {"HOME=/srv", "STATE_DIRECTORY=/var/lib/tokenflex-etl", NULL};
    static const char *const several[] = {"STATE_DIRECTORY=/var/lib/one:/var/lib/two", NULL};
    SCOPED(reading) struct reading one = read_settings("", service);
    assert_string_equal(one.settings.auth.token_file, "/var/lib/tokenflex-etl/token.json");
    SCOPED(reading) struct reading first = read_settings("", several);
    assert_string_equal(first.settings.auth.token_file, "/var/lib/one/token.json");
    SCOPED(reading) struct reading given = read_settings("auth: {token_file: ~/token.json}", service);
    assert_string_equal(given.settings.auth.token_file, "/srv/token.json");
}

static void the_example_file_says_the_defaults(void **state)
{
    (void)state;
    SCOPED(buf) struct buf text = buf_make(1 << 16);
    FILE *file = fopen(SOURCE_ROOT "/etl/docs/tokenflex-etl.example.yaml", "r");
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        assert_true(buf_append(&text, &(char){(char)c}, 1));
    fclose(file);
    SCOPED(reading) struct reading reading = read_settings(buf_text(&text), home);
    assert_findings(reading, "");
    assert_defaults(&reading.settings);
}

static const char every_key[] =
    "api:\n"
    "  base_url: http://example.test:8080/gateway/\n"
    "  allow_insecure: true\n"
    "  rate_limit: {per_minute: 0.5, burst: 1, period: 1h, account: finance, max_per_minute: 2}\n"
    "  poll: {first: 500ms, max: 1h}\n"
    "  query_deadline: 10m\n"
    "  result_lifetime: 90s\n"
    "  retries: 0\n"
    "  retry_wait: 20ms\n"
    "  ca_file: ~/ca.pem\n"
    "auth:\n"
    "  flow: client_credentials\n"
    "  client_id: id\n"
    "  client_secret_file: ~/secret\n"
    "  access_token: token\n"
    "  token_file: /var/lib/token.json\n"
    "  scopes: [data:read]\n"
    "database:\n"
    "  dsn: host=db dbname=usage\n"
    "  schema: usage\n"
    "  grant_select_to: [analysts, Power BI]\n"
    "run:\n"
    "  parallel_jobs: 1\n"
    "  metrics_file: /var/lib/node/etl.prom\n"
    "  ping_url: https://hc.example.test/ping/a@b?create=1\n"
    "  keep_runs: 0\n";

static void every_key_is_taken(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings(every_key, home);
    const struct settings *settings = &reading.settings;
    assert_findings(reading, "");
    assert_string_equal(settings->file, "tokenflex-etl.yaml");
    assert_string_equal(settings->api.base_url, "http://example.test:8080/gateway");
    assert_true(settings->api.allow_insecure);
    assert_true(settings->api.per_minute == 0.5);
    assert_int_equal(settings->api.burst, 1);
    assert_int_equal(settings->api.period_ms, 3600000);
    assert_string_equal(settings->api.account, "finance");
    assert_true(settings->api.max_per_minute == 2);
    assert_int_equal(settings->api.poll_first_ms, 500);
    assert_int_equal(settings->api.poll_max_ms, 3600000);
    assert_int_equal(settings->api.query_deadline_ms, 600000);
    assert_int_equal(settings->api.result_lifetime_ms, 90000);
    assert_int_equal(settings->api.retries, 0);
    assert_int_equal(settings->api.retry_wait_ms, 20);
    assert_string_equal(settings->api.ca_file, "/srv/etl/ca.pem");
    assert_int_equal(settings->auth.flow, AUTH_CLIENT_CREDENTIALS);
    assert_string_equal(settings->auth.client_id, "id");
    assert_string_equal(settings->auth.client_secret_file, "/srv/etl/secret");
    assert_string_equal(settings->auth.access_token, "token");
    assert_string_equal(settings->auth.token_file, "/var/lib/token.json");
    assert_int_equal(settings->auth.scopes.count, 1);
    assert_string_equal(settings->database.dsn, "host=db dbname=usage");
    assert_string_equal(settings->database.schema, "usage");
    assert_int_equal(settings->database.grant_select_to.count, 2);
    assert_string_equal(settings->database.grant_select_to.items[1], "Power BI");
    assert_int_equal(settings->run.parallel_jobs, 1);
    assert_string_equal(settings->run.metrics_file, "/var/lib/node/etl.prom");
    assert_string_equal(settings->run.ping_url, "https://hc.example.test/ping/a@b?create=1");
    assert_int_equal(settings->run.keep_runs_days, 0);
}

static void a_tolerance_is_a_number_that_is_not_negative(void **state)
{
    (void)state;
    SCOPED(reading) struct reading good = read_settings("reconcile_tolerance: 0.50", home);
    assert_findings(good, "");
    assert_string_equal(good.settings.reconcile_tolerance, "0.50");
    static const char *const bad[] = {"-1", "1e3", ".5", "five", "123456789012345678901"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        SCOPED(arena) struct arena *arena = arena_make();
        SCOPED(reading)
        struct reading reading = read_settings(arena_print(arena, "reconcile_tolerance: %s\n", bad[i]), home);
        assert_findings(reading, arena_print(arena,
                                             "1:22: error: `reconcile_tolerance` must be a "
                                             "number of tokens such as 0 or 0.5, at most 20 digits long, "
                                             "found `%s`\n",
                                             bad[i]));
        assert_string_equal(reading.settings.reconcile_tolerance, "0");
    }
}

static void credentials_come_from_variables_where_the_file_has_no_key(void **state)
{
    (void)state;
    const char *const environment[] = {"TOKENFLEX_CLIENT_ID=id", "TOKENFLEX_CLIENT_SECRET=secret",
                                       "TOKENFLEX_ACCESS_TOKEN=token", "CREDENTIALS_DIRECTORY=/run/cred",
                                       NULL};
    SCOPED(reading) struct reading absent = read_settings("auth: {flow: access_token}\n", environment);
    assert_string_equal(absent.settings.auth.client_id, "id");
    assert_string_equal(absent.settings.auth.client_secret, "secret");
    assert_string_equal(absent.settings.auth.access_token, "token");
    assert_string_equal(absent.settings.auth.credentials_file, "/run/cred/client_secret");
    SCOPED(reading)
    struct reading given = read_settings("auth: {client_id: mine, client_secret: \"\"}\n", environment);
    assert_string_equal(given.settings.auth.client_id, "mine");
    assert_string_equal(given.settings.auth.client_secret, "");
    SCOPED(reading) struct reading file = read_settings("auth: {client_secret_file: /s}\n", environment);
    assert_string_equal(file.settings.auth.client_secret, "");
}

static void an_empty_secret_beside_a_secret_file_is_none(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_settings("auth:\n  client_secret: ${NONE:-}\n  client_secret_file: /s\n  client_id:\n", home);
    assert_findings(reading, "");
    assert_string_equal(reading.settings.auth.client_secret_file, "/s");
}

static void plain_http_is_for_loopback_addresses(void **state)
{
    (void)state;
    const char *const fine[] = {"http://localhost:8080", "http://127.0.0.1", "http://127.1.2.3:1",
                                "http://[::1]:8080", "https://anything.test"};
    const char *const refused[] = {"http://example.test",   "http://127.0.0.1.example.test",
                                   "http://localhost.test", "http://[::2]:80",
                                   "http://128.0.0.1",      "http://127.1",
                                   "http://0.0.0.0"};
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        char text[128];
        snprintf(text, sizeof text, "api: {base_url: \"%s\"}\n", fine[i]);
        SCOPED(reading) struct reading reading = read_settings(text, home);
        assert_findings(reading, "");
        assert_string_equal(reading.settings.api.base_url, fine[i]);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char text[128];
        snprintf(text, sizeof text, "api: {base_url: \"%s\"}\n", refused[i]);
        SCOPED(reading) struct reading reading = read_settings(text, home);
        assert_findings(reading,
                        "1:17: error: `api.base_url` is http:// to another machine, which would show the "
                        "token to the network: use https://, or set `api.allow_insecure: true`\n");
    }
}

static void addresses_that_are_none_are_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {
        "ftp://h",     "https://",    "https:///x",  "//host",           "https://h:99999",
        "https://h:0", "https://h:x", "https://:80", "https://h?a=b",    "https://h/#top",
        "https://a b", "https://h:",  "HTTPS://h",   "https://h\\\\evil"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[128];
        snprintf(text, sizeof text, "api: {base_url: \"%s\"}\n", wrong[i]);
        SCOPED(reading) struct reading reading = read_settings(text, home);
        assert_int_equal(reading.findings.errors, 1);
        assert_string_equal(reading.settings.api.base_url, "https://developer.api.autodesk.com");
    }
}

static void a_ping_url_is_taken_as_it_stands_or_not_at_all(void **state)
{
    (void)state;
    const char *const fine[] = {
        "https://hc-ping.com/uuid", "https://h",      "https://h:8000/ping/key/slug?create=1",
        "http://127.0.0.1:8000/x/", "http://[::1]/x", ""};
    const char *const wrong[] = {"ftp://h/s3cret",      "h/s3cret",          "https:///s3cret",
                                 "https://h:x/s3cret",  "https://h/s 3cret", "https://h/s3cret#top",
                                 "https://me@h/s3cret", "http://h/s3cret",   "https://h\\\\evil/s3cret"};
    for (size_t i = 0; i < COUNT_OF(fine) + COUNT_OF(wrong); i++) {
        bool is_fine = i < COUNT_OF(fine);
        char text[128];
        snprintf(text, sizeof text, "run: {ping_url: \"%s\"}\n",
                 is_fine ? fine[i] : wrong[i - COUNT_OF(fine)]);
        SCOPED(reading) struct reading reading = read_settings(text, home);
        assert_int_equal(reading.findings.errors, is_fine ? 0 : 1);
        assert_string_equal(reading.settings.run.ping_url, is_fine ? fine[i] : "");
        assert_null(strstr(findings_text(&reading), "3cret"));
    }
    SCOPED(reading) struct reading unset = read_settings("run:\n  ping_url: ${NOT_SET:-}\n", home);
    assert_findings(unset, "");
    assert_string_equal(unset.settings.run.ping_url, "");
    SCOPED(reading)
    struct reading insecure =
        read_settings("api: {allow_insecure: true}\nrun: {ping_url: \"http://h/x\"}\n", home);
    assert_findings(insecure, "");
    assert_string_equal(insecure.settings.run.ping_url, "http://h/x");
}

static void a_message_never_shows_a_password(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings("api: {base_url: \"ftp://me:hunter2@h x\"}\n"
                                           "auth: {client_secret: [hunter2], access_token: {hunter2: 1}}\n"
                                           "database: {dsn: [password=hunter2]}\n",
                                           home);
    assert_int_equal(reading.findings.errors, 4);
    assert_null(strstr(findings_text(&reading), "hunter2"));
}

static void a_home_that_is_unknown_is_an_error_only_where_it_is_needed(void **state)
{
    (void)state;
    SCOPED(reading) struct reading unneeded = read_settings("run: {parallel_jobs: 2}\n", NULL);
    assert_findings(unneeded, "");
    assert_string_equal(unneeded.settings.auth.token_file, "");
    SCOPED(reading) struct reading needed = read_settings("auth: {token_file: ~/t}\n", NULL);
    assert_findings(needed,
                    "1:20: error: `auth.token_file` begins with ~, but HOME is not set: set it, or write the "
                    "path out\n");
    SCOPED(reading) struct reading other = read_settings("auth: {token_file: ~root/t}\n", home);
    assert_findings(
        other, "1:20: error: `auth.token_file`: only ~/ means a home directory here: write the path out\n");
}

static void an_unknown_scope_is_a_warning(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings("auth: {scopes: [data:read, account:read]}\n", home);
    assert_findings(
        reading,
        "1:28: warning: the scope `account:read` is not needed by this tool: use data:read and data:write\n");
    assert_int_equal(reading.settings.auth.scopes.count, 2);
}

static void rates_are_plain_decimals(void **state)
{
    (void)state;
    const char *const fine[] = {"0", "5", "0.25", "100000"};
    const char *const wrong[] = {"-1",     "1e3",  "inf", "nan", ".5",   "5.",
                                 "100001", "0x10", "5 ",  "+5",  "1.2.3"};
    for (size_t i = 0; i < COUNT_OF(fine) + COUNT_OF(wrong); i++) {
        bool is_fine = i < COUNT_OF(fine);
        char text[128];
        snprintf(text, sizeof text, "api: {rate_limit: {per_minute: \"%s\"}}\n",
                 is_fine ? fine[i] : wrong[i - COUNT_OF(fine)]);
        SCOPED(reading) struct reading reading = read_settings(text, home);
        assert_int_equal(reading.findings.errors, is_fine ? 0 : 1);
    }
}

static void assert_auth(const char *text, const char *const *environment, const char *expected,
                        const char *hint)
{
    SCOPED(reading) struct reading reading = read_settings(text, environment);
    struct err err = {0};
    assert_findings(reading, "");
    bool complete = settings_check_auth(&reading.settings, &err);
    assert_int_equal(complete, expected == NULL);
    if (expected) {
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_string_equal(err.text, expected);
        assert_string_equal(err.hint, hint);
    }
}

static void a_login_in_the_database_needs_a_key_and_no_token_file(void **state)
{
    (void)state;
    const char *const credentials[] = {"CREDENTIALS_DIRECTORY=/run/cred", NULL};
    const char *const nothing[] = {NULL};
    SCOPED(reading)
    struct reading reading = read_settings("auth: {client_id: i, token_store: database}", home);
    struct err err = {0};
    assert_false(settings_check_auth(&reading.settings, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.text, "auth.token_store is database, and there is no key for the login");
    assert_string_equal(err.hint, "set auth.token_key_file to a file with a key, the same on all hosts; to "
                                  "make one: openssl rand -base64 32");
    assert_auth("auth: {client_id: i, token_store: database}", credentials, NULL, NULL);
    assert_auth("auth: {client_id: i, token_store: database, token_key_file: /key}", nothing, NULL, NULL);
}

static void a_key_without_the_store_that_needs_it_is_worth_a_warning(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings("auth: {client_id: i, token_key_file: ~/key}\n", home);
    assert_findings(reading, "1:38: warning: `auth.token_key_file` has no effect: set `auth.token_store: "
                             "database` too, or remove it\n");
    assert_string_equal(reading.settings.auth.token_key_file, "/srv/etl/key");
}

static void assert_auth_findings(const char *auth, const char *const *environment, const char *expected)
{
    char text[200];
    snprintf(text, sizeof text, "auth: {client_id: i, %s}\n", auth);
    SCOPED(reading) struct reading reading = read_settings(text, environment);
    assert_findings(reading, expected);
}

static void a_token_file_beside_the_store_in_the_database_is_worth_a_warning(void **state)
{
    (void)state;
    assert_auth_findings("token_store: database, token_key_file: /key, token_file: /token", home,
                         "1:79: warning: `auth.token_file` has no effect: with `auth.token_store: database` "
                         "the login is in the database; remove one of them\n");
    assert_auth_findings("token_store: file, token_file: /token", home, "");
}

static void a_store_of_a_flow_that_keeps_no_login_is_worth_a_warning(void **state)
{
    (void)state;
    assert_auth_findings("flow: client_credentials, token_store: database, token_key_file: /key", home,
                         "1:61: warning: `auth.token_store: database` has no effect: the flow "
                         "client_credentials keeps no login; remove it\n");
}

static void a_store_whose_key_a_credential_may_bring_is_worth_a_word(void **state)
{
    (void)state;
    const char *const credentials[] = {"CREDENTIALS_DIRECTORY=/run/cred", NULL};
    assert_auth_findings("token_store: database", credentials, "");
    assert_auth_findings("token_store: database", home,
                         "1:35: warning: no key for the login is set: a run needs `auth.token_key_file`, or "
                         "the credential token_key of its systemd unit\n");
}

static void each_flow_needs_its_credentials(void **state)
{
    (void)state;
    const char *const credentials[] = {"CREDENTIALS_DIRECTORY=/run/cred", NULL};
    const char *const token[] = {"TOKENFLEX_ACCESS_TOKEN=t", NULL};
    assert_auth("auth: {flow: access_token}", home, "the flow access_token has no access token",
                "set auth.access_token, or the environment variable TOKENFLEX_ACCESS_TOKEN");
    assert_auth("auth: {flow: access_token}", token, NULL, NULL);
    assert_auth("auth: {flow: client_credentials, client_secret: s}", home,
                "the flow client_credentials has no client id",
                "set auth.client_id, or the environment variable TOKENFLEX_CLIENT_ID");
    assert_auth("auth: {flow: client_credentials, client_id: i}", home,
                "the flow client_credentials has no client secret",
                "set auth.client_secret or auth.client_secret_file, or the environment variable "
                "TOKENFLEX_CLIENT_SECRET");
    assert_auth("auth: {flow: client_credentials, client_id: i, client_secret: s}", home, NULL, NULL);
    assert_auth("auth: {flow: client_credentials, client_id: i, client_secret_file: /s}", home, NULL, NULL);
    assert_auth("auth: {flow: client_credentials, client_id: i}", credentials, NULL, NULL);
    assert_auth("auth: {client_id: i}", home, NULL, NULL);
    assert_auth("", home, "the flow refresh_token has no client id",
                "set auth.client_id, or the environment variable TOKENFLEX_CLIENT_ID");
    assert_auth("auth: {client_id: i}", NULL,
                "the flow refresh_token has no file for its token, since HOME is not set",
                "set auth.token_file to a path");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_keys_have_their_defaults),
        cmocka_unit_test(the_token_is_in_the_state_directory_of_systemd),
        cmocka_unit_test(the_example_file_says_the_defaults),
        cmocka_unit_test(every_key_is_taken),
        cmocka_unit_test(credentials_come_from_variables_where_the_file_has_no_key),
        cmocka_unit_test(an_empty_secret_beside_a_secret_file_is_none),
        cmocka_unit_test(plain_http_is_for_loopback_addresses),
        cmocka_unit_test(addresses_that_are_none_are_refused),
        cmocka_unit_test(a_ping_url_is_taken_as_it_stands_or_not_at_all),
        cmocka_unit_test(a_message_never_shows_a_password),
        cmocka_unit_test(a_home_that_is_unknown_is_an_error_only_where_it_is_needed),
        cmocka_unit_test(an_unknown_scope_is_a_warning),
        cmocka_unit_test(rates_are_plain_decimals),
        cmocka_unit_test(a_tolerance_is_a_number_that_is_not_negative),
        cmocka_unit_test(a_login_in_the_database_needs_a_key_and_no_token_file),
        cmocka_unit_test(a_key_without_the_store_that_needs_it_is_worth_a_warning),
        cmocka_unit_test(a_token_file_beside_the_store_in_the_database_is_worth_a_warning),
        cmocka_unit_test(a_store_of_a_flow_that_keeps_no_login_is_worth_a_warning),
        cmocka_unit_test(a_store_whose_key_a_credential_may_bring_is_worth_a_word),
        cmocka_unit_test(each_flow_needs_its_credentials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
