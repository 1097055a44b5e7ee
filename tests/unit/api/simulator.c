#include "unit/api/simulator.h"

#include "base/clock.h"
#include "wire/json/json.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static pid_t process;
static char base_url[64];
static struct http_client *control;

static void run_simulator(int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execl(SIMULATOR, SIMULATOR, "--access-token", "sim-t0ken", "--set", "rows=200", (char *)NULL);
    _exit(127);
}

int simulator_start(void **state)
{
    (void)state;
    struct err err;
    struct http_options options = {0};
    char line[256] = "";
    int ends[2];
    unsigned port;
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    if (pipe(ends) != 0 || (process = fork()) < 0)
        return -1;
    if (process == 0)
        run_simulator(ends[1]);
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    bool told = fgets(line, sizeof line, out) && sscanf(line, "{\"port\":%u", &port) == 1;
    fclose(out);
    control = http_client_make(&options, &err);
    if (!told || !control)
        return -1;
    snprintf(base_url, sizeof base_url, "http://127.0.0.1:%u", port);
    return 0;
}

int simulator_stop(void **state)
{
    (void)state;
    http_client_release(control);
    kill(process, SIGTERM);
    waitpid(process, NULL, 0);
    return 0;
}

void must(bool succeeded, const struct err *err)
{
    if (!succeeded)
        fail_msg("%s: %s [%s]", err_kind_info(err->kind)->name, err->text, err->hint);
}

static struct http_response ask_control(enum http_method method, const char *path, const char *body)
{
    struct err err;
    struct http_response response;
    char url[256];
    snprintf(url, sizeof url, "%s/_sim/%s", base_url, path);
    struct http_request request = {.method = method, .url = url, .body = body, .max_bytes = 1 << 20};
    must(http_send(control, &request, &response, &err), &err);
    if (response.status != 200)
        fail_msg("%s: %d %s", path, response.status, buf_text(&response.body));
    return response;
}

void simulator_control(const char *path, const char *json)
{
    struct http_response response = ask_control(HTTP_POST, path, json);
    http_response_cleanup(&response);
}

int simulator_reset(void **state)
{
    (void)state;
    simulator_control("reset", "");
    return 0;
}

static long read_stat(const char *group, const char *name)
{
    struct err err;
    uint64_t value = 0;
    SCOPED(http_response) struct http_response response = ask_control(HTTP_GET, "stats", NULL);
    SCOPED(json)
    json_object *stats = json_parse(buf_text(&response.body), response.body.length, &err);
    assert_non_null(stats);
    assert_true(json_uint_of(group ? json_member(stats, group) : stats, name, &value));
    return (long)value;
}

long simulator_stat(const char *name)
{
    return read_stat(NULL, name);
}

long simulator_requests(const char *kind)
{
    return read_stat("requests", kind);
}

void way_begin(struct way *way)
{
    *way = (struct way){
        .settings = {.api = {.base_url = base_url,
                             .retries = 2,
                             .retry_wait_ms = 10,
                             .poll_first_ms = 5,
                             .poll_max_ms = 20},
                     .auth = {.flow = AUTH_ACCESS_TOKEN, .client_id = "", .access_token = "sim-t0ken"}},
    };
    way->api = (struct api){
        .settings = &way->settings,
        .deadline_ms = clock_deadline(60000),
        .queue = queue_make(&(struct budget){.account = "a"}, 300000),
    };
    way->api.http = http_client_make(&(struct http_options){0}, &way->err);
    assert_non_null(way->api.http);
    way->api.tokens = token_make(&way->settings, way->api.http);
}

void way_cleanup(struct way *way)
{
    queue_release(way->api.queue);
    token_release(way->api.tokens);
    http_client_release(way->api.http);
}

void expect_failure(const struct way *way, enum err_kind kind, const char *words)
{
    assert_int_equal(way->err.kind, kind);
    if (!strstr(way->err.text, words))
        fail_msg("`%s` does not say `%s`", way->err.text, words);
}

void make_named(struct way *way, struct export *export, const char *name)
{
    bool full;
    *export = export_make(&way->api, CONTRACT);
    must(export_request(export, BODY, name, &full, &way->err), &way->err);
    assert_false(full);
}

void make(struct way *way, struct export *export)
{
    make_named(way, export, "daily-7");
}
