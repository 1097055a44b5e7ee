/* The token endpoint's answers against the simulator: the refresh token in them is kept whatever else is
 * wrong. */
#include "base/clock.h"
#include "unit/api/stored_login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct stored_login login;

static int set_up(void **state)
{
    (void)state;
    simulator_control("reset", "");
    simulator_accept("[\"first\",\"next\"]");
    stored_login_begin(&login, "first");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stored_login_end(&login);
    return 0;
}

/* The first answer of the token endpoint; body is text within JSON. */
static void script_answer(int status, const char *body)
{
    char *script = malloc(100000);
    snprintf(script, 100000, "[{\"on\":\"token\",\"nth\":1,\"status\":%d,\"body\":\"%s\"}]", status, body);
    simulator_control("script", script);
    free(script);
}

/* The answer's refresh token is stored, and the next run lives on it. */
static void assert_kept(int status, const char *body, bool usable)
{
    struct err err = {0};
    script_answer(status, body);
    bool got = stored_login_use(&login, &err);
    if (got != usable)
        fail_msg("%s: %s", body, got ? "usable" : err.text);
    assert_stored(login.path, "next");
    stored_login_expire(login.path);
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(simulator_stat("refresh_used"), 1);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
}

#define REFRESH "\\\"refresh_token\\\":\\\"next\\\""
#define ACCESS "\\\"access_token\\\":\\\"a\\\""

static void a_refresh_token_is_kept_without_expires_in(void **state)
{
    (void)state;
    assert_kept(200, "{" ACCESS "," REFRESH "}", true);
}

static void a_refresh_token_is_kept_with_an_expires_in_that_is_nonsense(void **state)
{
    (void)state;
    assert_kept(200, "{" ACCESS "," REFRESH ",\\\"expires_in\\\":-5}", true);
}

static void a_refresh_token_is_kept_with_a_token_type_that_is_unknown(void **state)
{
    (void)state;
    assert_kept(200, "{" ACCESS "," REFRESH ",\\\"token_type\\\":\\\"mac\\\",\\\"expires_in\\\":3599}", true);
}

static void a_refresh_token_is_kept_without_an_access_token(void **state)
{
    (void)state;
    assert_kept(200, "{" REFRESH "}", false);
}

static void a_refresh_token_is_kept_with_an_access_token_that_is_no_text(void **state)
{
    (void)state;
    assert_kept(200, "{\\\"access_token\\\":5," REFRESH "}", false);
}

static void a_refresh_token_is_kept_with_an_access_token_that_is_too_long(void **state)
{
    char *body = malloc(30000);
    (void)state;
    snprintf(body, 30000, "{\\\"access_token\\\":\\\"%020000d\\\"," REFRESH "}", 1);
    assert_kept(200, body, false);
    free(body);
}

static void a_refresh_token_is_kept_with_a_status_that_is_an_error(void **state)
{
    (void)state;
    assert_kept(503, "{" ACCESS "," REFRESH "}", false);
}

static void a_refresh_token_is_kept_and_not_asked_again_where_retries_are_left(void **state)
{
    (void)state;
    login.way.settings.api.retries = 3;
    assert_kept(500, "{" REFRESH "}", false);
}

static void a_refresh_token_that_the_service_has_refused_is_not_sent_again(void **state)
{
    struct err err;
    (void)state;
    simulator_control("revoke", "{\"access\":true,\"refresh\":true}");
    assert_false(stored_login_use(&login, &err));
    assert_int_equal(simulator_requests("token"), 1);
    assert_false(stored_login_use(&login, &err));
    assert_int_equal(err.kind, ERR_AUTH);
    assert_non_null(strstr(err.text, "the service has refused the refresh token"));
    assert_non_null(strstr(err.hint, "auth login"));
    assert_int_equal(simulator_requests("token"), 1);
}

static void a_client_secret_that_is_refused_leaves_the_refresh_token_good(void **state)
{
    struct err err;
    (void)state;
    login.way.settings.auth.client_secret = "other";
    assert_false(stored_login_use(&login, &err));
    login.way.settings.auth.client_secret = "sim-secret";
    must(stored_login_use(&login, &err), &err);
}

static void an_application_without_the_product_is_told_what_to_click(void **state)
{
    struct err err;
    (void)state;
    script_answer(403, "{\\\"errorCode\\\":\\\"AUTH-001\\\",\\\"developerMessage\\\":\\\"no access\\\"}");
    assert_false(stored_login_use(&login, &err));
    assert_int_equal(err.kind, ERR_AUTH);
    assert_non_null(strstr(err.text, "AUTH-001"));
    assert_non_null(strstr(err.hint, "Token Flex Usage Data API"));
    must(stored_login_use(&login, &err), &err);
}

static void asking_ends_at_the_deadline(void **state)
{
    struct err err;
    (void)state;
    login.way.settings.api.retries = 5;
    simulator_control("script",
                      "[{\"on\":\"token\",\"from\":1,\"times\":-1,\"status\":503,\"retry_after\":600}]");
    assert_false(stored_login_use(&login, &err));
    assert_int_equal(err.kind, ERR_LATER);
    assert_false(stored_login_use_within(&login, 0, &err));
    assert_int_equal(err.kind, ERR_LATER);
    assert_int_equal(simulator_requests("token"), 1);
}

static void two_names_of_one_file_have_one_lock(void **state)
{
    struct err err;
    char other[80];
    char path[90];
    struct stat status;
    (void)state;
    snprintf(other, sizeof other, "%s/other.json", login.folder);
    snprintf(path, sizeof path, "%s.lock", other);
    assert_int_equal(symlink("token.json", other), 0);
    login.way.settings.auth.token_file = other;
    must(stored_login_use(&login, &err), &err);
    assert_int_not_equal(stat(path, &status), 0);
    assert_int_equal(lstat(other, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    stored_login_expire(login.path);
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
}

static void a_hard_link_stays_a_name_of_the_same_login(void **state)
{
    struct err err;
    char other[80];
    (void)state;
    snprintf(other, sizeof other, "%s/other.json", login.folder);
    assert_int_equal(link(login.path, other), 0);
    must(stored_login_use(&login, &err), &err);
    stored_login_expire(login.path);
    login.way.settings.auth.token_file = other;
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
}

static void assert_kind_refused(const char *kind)
{
    struct err err;
    assert_false(stored_login_use(&login, &err));
    assert_int_equal(err.kind, ERR_AUTH);
    if (!strstr(err.text, kind))
        fail_msg("`%s` does not say `%s`", err.text, kind);
    assert_int_equal(simulator_requests("token"), 0);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(unlink(login.path), 0);
    assert_int_equal(mkfifo(login.path, 0600), 0);
    assert_kind_refused("a FIFO");
    assert_int_equal(unlink(login.path), 0);
    assert_int_equal(mkdir(login.path, 0700), 0);
    assert_kind_refused("a directory");
    assert_int_equal(rmdir(login.path), 0);
    assert_int_equal(symlink("/dev/null", login.path), 0);
    assert_kind_refused("a device");
}

static void a_directory_with_the_name_of_the_next_file_loses_nothing(void **state)
{
    struct err err;
    char path[90];
    (void)state;
    snprintf(path, sizeof path, "%s.new", login.path);
    assert_int_equal(mkdir(path, 0700), 0);
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(rmdir(path), 0);
    stored_login_expire(login.path);
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
}

#define WITH_LOGIN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOGIN(a_refresh_token_is_kept_without_expires_in),
        WITH_LOGIN(a_refresh_token_is_kept_with_an_expires_in_that_is_nonsense),
        WITH_LOGIN(a_refresh_token_is_kept_with_a_token_type_that_is_unknown),
        WITH_LOGIN(a_refresh_token_is_kept_without_an_access_token),
        WITH_LOGIN(a_refresh_token_is_kept_with_an_access_token_that_is_no_text),
        WITH_LOGIN(a_refresh_token_is_kept_with_an_access_token_that_is_too_long),
        WITH_LOGIN(a_refresh_token_is_kept_with_a_status_that_is_an_error),
        WITH_LOGIN(a_refresh_token_is_kept_and_not_asked_again_where_retries_are_left),
        WITH_LOGIN(a_refresh_token_that_the_service_has_refused_is_not_sent_again),
        WITH_LOGIN(a_client_secret_that_is_refused_leaves_the_refresh_token_good),
        WITH_LOGIN(an_application_without_the_product_is_told_what_to_click),
        WITH_LOGIN(asking_ends_at_the_deadline),
        WITH_LOGIN(two_names_of_one_file_have_one_lock),
        WITH_LOGIN(a_hard_link_stays_a_name_of_the_same_login),
        WITH_LOGIN(what_is_no_regular_file_is_refused_at_once),
        WITH_LOGIN(a_directory_with_the_name_of_the_next_file_loses_nothing),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
