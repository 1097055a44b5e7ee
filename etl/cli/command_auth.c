#include "api/login.h"
#include "api/oauth.h"
#include "api/token_store.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/program.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/loopback.h"
#include "cli/output.h"
#include "cli/service_hint.h"
#include "version.h"
#include "wire/http/http.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOGIN_WAIT_MS 600000
#define DAY_MS INT64_C(86400000)
/* A refresh token that expires within this time causes a warning: every nightly run renews it, so recent runs
 * must have failed.
 */
#define WARN_DAYS 3

extern char **environ;

/* A browser may write to its stdout: that of this process is for the result. */
static int spawn_browser(char *const *arguments)
{
    pid_t pid;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    int failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawnp(&pid, arguments[0], &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* Opens the browser of the desktop, if there is one. */
static void open_browser(const char *url)
{
    char *const arguments[] = {(char *)(uintptr_t) "xdg-open", (char *)(uintptr_t)url, NULL};
    bool desktop = *environment_get(ENVIRONMENT_DISPLAY) || *environment_get(ENVIRONMENT_WAYLAND);
    if (desktop && spawn_browser(arguments) != 0)
        log_debug("browser", "xdg-open cannot be started");
}

/* Writes a text for people to stderr, without the format of the log. */
static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void say_url(const struct login_attempt *attempt, const struct settings *settings,
                    const char *redirect_uri, bool no_browser)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    login_put_url(attempt, settings, redirect_uri, &url);
    buf_print(&text, "Open this address in a browser and log in as a Token Flex administrator:\n\n  %s\n\n",
              buf_text(&url));
    if (no_browser)
        buf_put(&text,
                "The browser then goes to an address that it cannot reach. Paste that address here:\n");
    say(buf_text(&text));
    if (!no_browser)
        open_browser(buf_text(&url));
}

static bool read_pasted(struct buf *url, struct err *err)
{
    char line[16384];
    if (!fgets(line, sizeof line, stdin))
        return err_set(err, ERR_AUTH, "no address was pasted");
    return buf_append_text(url, line) || err_set(err, ERR_AUTH, "the pasted address is too long");
}

/* The code from the browser's redirect, received by the listener or pasted by the user. */
static bool get_code(const struct login_attempt *attempt, const struct options *options,
                     const struct settings *settings, struct buf *redirect_uri, struct buf *code,
                     struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    struct loopback *loopback = NULL;
    uint16_t port = options->port ? options->port : LOOPBACK_PORT;
    bool came;
    buf_print(redirect_uri, "http://127.0.0.1:%u" LOOPBACK_PATH, port);
    if (options->no_browser) {
        say_url(attempt, settings, buf_text(redirect_uri), true);
        came = read_pasted(&url, err);
    } else {
        loopback = loopback_open(port, err);
        if (!loopback)
            return false;
        say_url(attempt, settings, buf_text(redirect_uri), false);
        came = loopback_wait(loopback, LOGIN_WAIT_MS, &url, err);
    }
    bool got = came && login_read_redirect(attempt, buf_text(&url), code, err);
    loopback_close(loopback);
    oauth_wipe(&url);
    return got;
}

static bool log_in(const struct options *options, const struct settings *settings, struct err *err)
{
    struct login_attempt attempt;
    struct http_options http_options = {.user_agent = "tokenflex-etl/" TOKENFLEX_ETL_VERSION,
                                        .ca_file = settings->api.ca_file};
    SCOPED(buf) struct buf redirect_uri = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf code = buf_make(OAUTH_MAX_TOKEN);
    SCOPED(http_client) struct http_client *http = http_client_make(&http_options, err);
    bool done = http && stop_install(err) && login_check_store(settings, err) && login_begin(&attempt, err) &&
                get_code(&attempt, options, settings, &redirect_uri, &code, err) &&
                login_finish(&attempt, settings, http, buf_text(&code), buf_text(&redirect_uri), err);
    oauth_wipe(&code);
    return done;
}

static void put_status_json(const struct settings *settings, const struct login *login, bool logged_in,
                            struct buf *out)
{
    int64_t refresh_until_ms = logged_in ? login->refresh_from_ms + LOGIN_REFRESH_LIFETIME_MS : 0;
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_flag(&json, "logged_in", logged_in);
    json_put_text(&json, "client_id", logged_in ? buf_text(&login->client_id) : settings->auth.client_id);
    json_put_text(&json, "scopes", logged_in ? buf_text(&login->scopes) : NULL);
    json_put_moment(&json, "access_token_until", logged_in ? login->access_until_ms : 0);
    json_put_moment(&json, "refresh_token_until", refresh_until_ms);
    json_end(&json);
    buf_put(out, "\n");
}

static void put_status_text(const struct login *login, struct buf *out)
{
    char access[CLOCK_TEXT];
    char refresh[CLOCK_TEXT];
    buf_print(out, "client         %s\nscopes         %s\naccess token   until %s\nrefresh token  until %s\n",
              buf_text(&login->client_id), buf_text(&login->scopes),
              clock_format(login->access_until_ms, access),
              clock_format(login->refresh_from_ms + LOGIN_REFRESH_LIFETIME_MS, refresh));
}

/* Warns of a login that expires soon. Returns the exit code: whether there is a login that works. */
static int judge_login(const struct settings *settings, const struct login *login, bool logged_in)
{
    struct err err = {0};
    char what[TOKEN_STORE_TEXT];
    int64_t left_ms = login->refresh_from_ms + LOGIN_REFRESH_LIFETIME_MS - clock_wall_ms();
    if (logged_in && login->refused) {
        err_set(&err, ERR_AUTH, "the login has ended: the service has refused its refresh token");
        err_hint(&err, "%s", program_login());
        return output_fail("login-ended", &err);
    }
    if (logged_in && left_ms > 0) {
        if (left_ms < WARN_DAYS * DAY_MS)
            log_warn("login-ends",
                     "the refresh token ends in %.1f days: run a job before then, or log in again",
                     (double)left_ms / (double)DAY_MS);
        return 0;
    }
    if (logged_in)
        err_set(&err, ERR_AUTH, "the login has ended: the refresh token is older than 15 days");
    else
        err_set(&err, ERR_AUTH, "not logged in: there is no %s", token_store_describe(settings, what));
    err_hint(&err, "%s", program_login());
    return output_fail("login-ended", &err);
}

static int show_status(const struct options *options, const struct settings *settings)
{
    struct err err = {0};
    bool logged_in;
    struct login login = login_make();
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    int exit_code;
    if (!settings_check_token_file(settings, &err) ||
        !token_store_read_unlocked(settings, NULL, &login, &logged_in, &err)) {
        exit_code = output_fail("login", &err);
    } else {
        exit_code = judge_login(settings, &login, logged_in);
        if (options->output == OUTPUT_JSON) {
            put_status_json(settings, &login, logged_in, &out);
            exit_code = output_end(&out, exit_code);
        } else {
            if (logged_in)
                put_status_text(&login, &out);
            exit_code = output_end_lines(&out, exit_code);
        }
    }
    login_cleanup(&login);
    return exit_code;
}

static int run_login(const struct options *options, const struct settings *settings)
{
    struct err err = {0};
    if (!settings_check_auth(settings, &err) || !log_in(options, settings, &err))
        return output_fail("login-failed", &err);
    say("Logged in.\n");
    return show_status(options, settings);
}

/* As JSON: what `auth status` says from now on. */
static void put_logout(const struct options *options, const struct settings *settings, bool existed,
                       struct buf *out)
{
    char what[TOKEN_STORE_TEXT];
    struct login none = login_make();
    if (options->output == OUTPUT_JSON)
        put_status_json(settings, &none, false, out);
    else
        buf_print(out, existed ? "logged out: the %s is deleted\n" : "not logged in: there was no %s\n",
                  token_store_describe(settings, what));
    login_cleanup(&none);
}

static int run_logout(const struct options *options, const struct settings *settings)
{
    struct err err = {0};
    bool existed;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(token_store) struct token_store store = token_store_make();
    if (!settings_check_token_file(settings, &err) ||
        !token_store_open(settings, clock_deadline(TOKEN_STORE_WAIT_MS), &store, &err) ||
        !token_store_delete(&store, &existed, &err))
        return output_fail("logout-failed", &err);
    put_logout(options, settings, existed, &out);
    return output_end(&out, 0);
}

int command_auth(const struct options *options)
{
    struct err err = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    const char *verb = options->arguments.count == 1 ? options->arguments.items[0] : "";
    inputs_read_settings(options, text_equal(verb, "login") ? INPUTS_NEED_SECRETS : INPUTS_NEED_NO_SECRETS,
                         &inputs);
    service_hint(inputs.settings_file);
    if (inputs_have_errors(&inputs, NULL)) {
        inputs_refuse(&inputs, NULL, &err);
        return output_refuse(&err);
    }
    bool stores_login = inputs.settings.auth.flow == AUTH_REFRESH_TOKEN;
    if (!stores_login && (text_equal(verb, "login") || text_equal(verb, "status"))) {
        err_set(&err, ERR_CONFIG, "auth.flow is not refresh_token: there is no login to store");
        return output_fail("auth", &err);
    }
    if (text_equal(verb, "login"))
        return run_login(options, &inputs.settings);
    if (text_equal(verb, "status"))
        return show_status(options, &inputs.settings);
    if (text_equal(verb, "logout"))
        return run_logout(options, &inputs.settings);
    err_set(&err, ERR_USAGE, "`auth` is followed by login, status or logout");
    return output_fail("usage", &err);
}
