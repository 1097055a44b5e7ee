#include "base/clock.h"
#include "base/stop.h"
#include "unit/wire/blocked_resolver.h"
#include "wire/pg/pg.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHORT_MS 200

static void expect_no_connection(const struct pg_options *options, enum err_kind kind, const char *words)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = pg_connect(options, &err);
    assert_null(pg);
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, words));
}

static void the_look_up_of_a_name_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    const struct pg_options options = {.dsn = "host=nowhere.invalid user=u",
                                       .application_name = "test",
                                       .deadline_ms = clock_deadline(SHORT_MS)};
    expect_no_connection(&options, ERR_LATER, "the timeout has passed");
    assert_int_equal(resolver_asked, 1);
}

static void the_look_up_of_a_name_is_waited_for_as_long_as_the_limit_says(void **state)
{
    (void)state;
    const struct pg_options options = {
        .dsn = "host=nowhere.invalid user=u", .application_name = "test", .limit_ms = SHORT_MS};
    expect_no_connection(&options, ERR_UNAVAILABLE, "in the time that was left");
}

static void a_look_up_without_memory_is_for_later(void **state)
{
    (void)state;
    const struct pg_options options = {.dsn = "host=no-memory.invalid user=u", .application_name = "test"};
    expect_no_connection(&options, ERR_LATER, "too little memory");
}

/* The first host refuses at once, and libpq turns to the second one. */
static void the_look_up_of_a_second_name_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    const struct pg_options options = {.dsn = "host=/nowhere,nowhere.invalid user=u",
                                       .application_name = "test",
                                       .deadline_ms = clock_deadline(SHORT_MS)};
    expect_no_connection(&options, ERR_LATER, "the timeout has passed");
}

/* The last one: a stop stays. */
static void the_look_up_of_a_name_ends_with_a_stop(void **state)
{
    (void)state;
    struct err err;
    const struct pg_options options = {.dsn = "host=nowhere.invalid user=u", .application_name = "test"};
    assert_true(stop_install(&err));
    raise(SIGTERM);
    expect_no_connection(&options, ERR_STOPPED, "SIGTERM");
}

static int release_resolver(void **state)
{
    (void)state;
    resolver_release();
    return 0;
}

int main(void)
{
    setenv("PGUSER", "u", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_look_up_of_a_name_is_waited_for_until_the_deadline),
        cmocka_unit_test(the_look_up_of_a_name_is_waited_for_as_long_as_the_limit_says),
        cmocka_unit_test(a_look_up_without_memory_is_for_later),
        cmocka_unit_test(the_look_up_of_a_second_name_is_waited_for_until_the_deadline),
        cmocka_unit_test(the_look_up_of_a_name_ends_with_a_stop),
    };
    return cmocka_run_group_tests(tests, NULL, release_resolver);
}
