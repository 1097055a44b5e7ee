#include "run/unsupported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void settings_that_are_not_done_yet_are_refused_by_name(void **state)
{
    (void)state;
    struct err err = {0};
    struct settings settings = {.auth = {.flow = AUTH_CLIENT_CREDENTIALS}, .run = {.metrics_file = ""}};
    assert_true(supported_settings(&settings, &err));
    settings.auth.flow = AUTH_ACCESS_TOKEN;
    assert_true(supported_settings(&settings, &err));
    settings.run.metrics_file = "metrics.prom";
    assert_false(supported_settings(&settings, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, "run.metrics_file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_are_not_done_yet_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
