/* report/status/advice: what to do about which failure. */
#include "base/macros.h"
#include "report/status/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_advice(const char *kind, const char *hint, size_t times, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    advice_put(&(struct advice_case){"daily", kind, hint, times}, &out);
    assert_string_equal(buf_text(&out), expected);
}

static void each_kind_has_its_advice(void **state)
{
    (void)state;
    expect_advice(
        "data", NULL, 1,
        "check the row, column and value that the message names: nothing of that chunk was loaded, and "
        "nothing is loaded until the value fits");
    expect_advice(
        "auth", NULL, 1,
        "`tokenflex-etl auth login`, or grant client, user or role the right that the message names");
    expect_advice("config", NULL, 1,
                  "`tokenflex-etl check daily`, then correct the settings or the job's definition");
    expect_advice("cannot-create", NULL, 1,
                  "grant the role the right to create there, or let a DBA run `tokenflex-etl init`; "
                  "remove the object that blocks it");
    expect_advice("bug", NULL, 1, "report it with the log of that run: it is a bug");
    expect_advice("unavailable", NULL, 1, "nothing, unless it continues: the next run tries again");
    expect_advice("try-later", NULL, 1, "nothing: the next run continues by itself");
    expect_advice("stopped", NULL, 1, "nothing: it was stopped, and the next run continues from there");
    expect_advice("died", NULL, 1, "nothing: the next run resumes its work at the service");
}

static void a_hint_knows_better_than_the_kind(void **state)
{
    (void)state;
    expect_advice("auth", "give the client the scope data:write", 1, "give the client the scope data:write");
    expect_advice("data", "set target.types", 5, "set target.types");
}

static void what_passes_by_itself_needs_no_hint(void **state)
{
    (void)state;
    expect_advice("try-later", "it will be done in a while: try again then", 2,
                  "nothing: the next run continues by itself");
}

static void what_has_not_passed_three_times_does_not_pass(void **state)
{
    (void)state;
    expect_advice("unavailable", "is the server running?", 3,
                  "check whether that host can reach api.base_url and the database; is the server running?");
    expect_advice("try-later", NULL, 3,
                  "see its message: if it names the request budget, give the job a longer `timeout`, or "
                  "start fewer jobs at a time");
    expect_advice("stopped", "", 4,
                  "find out what stops it (TimeoutStartSec of systemd, a time limit of cron)");
    expect_advice("died", NULL, 3, "find out what ends it (out of memory, a time limit of cron or systemd)");
}

/* A row that an earlier version of this program wrote. */
static void without_a_kind_there_is_the_log(void **state)
{
    (void)state;
    expect_advice(NULL, NULL, 1, "see the log of that run");
    expect_advice("of-the-future", NULL, 9, "see the log of that run");
}

static void exit_codes_are_those_of_the_kinds(void **state)
{
    (void)state;
    assert_int_equal(advice_exit_code("auth"), 77);
    assert_int_equal(advice_exit_code("stopped"), 75);
    assert_int_equal(advice_exit_code("died"), 0);
    assert_int_equal(advice_exit_code(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_advice),
        cmocka_unit_test(a_hint_knows_better_than_the_kind),
        cmocka_unit_test(what_passes_by_itself_needs_no_hint),
        cmocka_unit_test(what_has_not_passed_three_times_does_not_pass),
        cmocka_unit_test(without_a_kind_there_is_the_log),
        cmocka_unit_test(exit_codes_are_those_of_the_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
