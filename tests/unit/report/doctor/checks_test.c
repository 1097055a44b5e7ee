#include "report/doctor/checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct doctor_checks make(struct arena *arena)
{
    return (struct doctor_checks){.arena = arena};
}

static void fail_with(struct doctor_checks *checks, const char *name, enum err_kind kind)
{
    check_fail(checks, &(struct check_failure){name, kind, NULL}, "broken");
}

static void a_check_is_a_line_with_its_advice_below(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct doctor_checks checks = make(arena);
    check_ok(&checks, "settings", "%s", "tokenflex-etl.yaml");
    check_warn(&checks, "timers", "enable one", "none");
    check_fail(&checks, &(struct check_failure){"database", ERR_UNAVAILABLE, "start it"}, "no server");
    check_skip(&checks, "schema", "no %s", "database");
    checks_put_text(&checks, &out);
    assert_string_equal(buf_text(&out), "ok    settings  tokenflex-etl.yaml\n"
                                        "warn  timers    none\n"
                                        "                → enable one\n"
                                        "fail  database  no server\n"
                                        "                → start it\n"
                                        "warn  schema    skipped: no database\n"
                                        "\n"
                                        "1 ok, 1 warn, 1 skipped, 1 failed\n");
}

static void scripts_read_the_same_as_json(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct doctor_checks checks = make(arena);
    struct err err;
    check_ok(&checks, "settings", "a \"quoted\" file");
    err_set(&err, ERR_AUTH, "refused");
    err_hint(&err, "log in");
    check_error(&checks, "token", &err);
    checks_put_json(&checks, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"checks\":[{\"name\":\"settings\",\"status\":\"ok\",\"message\":\"a \\\"quoted\\\" file\","
        "\"advice\":null},\n"
        "{\"name\":\"token\",\"status\":\"fail\",\"message\":\"refused\",\"advice\":\"log in\"}]}\n");
}

static void nothing_that_fails_is_a_success(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct doctor_checks checks = make(arena);
    check_ok(&checks, "settings", "good");
    check_warn(&checks, "timers", NULL, "none");
    check_skip(&checks, "api", "no database");
    assert_int_equal(checks_exit_code(&checks), 0);
}

static void the_worst_failure_has_the_exit_code(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct doctor_checks checks = make(arena);
    fail_with(&checks, "odd", ERR_DATA);
    assert_int_equal(checks_exit_code(&checks), 65);
    fail_with(&checks, "privileges", ERR_CREATE);
    assert_int_equal(checks_exit_code(&checks), 73);
    fail_with(&checks, "jobs", ERR_CONFIG);
    assert_int_equal(checks_exit_code(&checks), 78);
    fail_with(&checks, "database", ERR_UNAVAILABLE);
    assert_int_equal(checks_exit_code(&checks), 69);
    fail_with(&checks, "token", ERR_AUTH);
    assert_int_equal(checks_exit_code(&checks), 77);
}

static void a_check_is_found_by_its_name(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct doctor_checks checks = make(arena);
    check_warn(&checks, "token", NULL, "ends soon");
    fail_with(&checks, "database", ERR_UNAVAILABLE);
    assert_string_equal(check_find(&checks, "token")->message, "ends soon");
    assert_null(check_find(&checks, "schema"));
    assert_true(check_has_not_failed(&checks, "token"));
    assert_false(check_has_not_failed(&checks, "database"));
    assert_false(check_has_not_failed(&checks, "schema"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_is_a_line_with_its_advice_below),
        cmocka_unit_test(scripts_read_the_same_as_json),
        cmocka_unit_test(nothing_that_fails_is_a_success),
        cmocka_unit_test(the_worst_failure_has_the_exit_code),
        cmocka_unit_test(a_check_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
