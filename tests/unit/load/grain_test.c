/* load/grain, the half that decides. */
#include "load/grain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_key_that_begins_with_the_run_keeps_every_run(void **state)
{
    (void)state;
    assert_true(grain_keeps_every_run(&(struct target_record){.key = "_run_id"}));
    assert_true(grain_keeps_every_run(&(struct target_record){.key = "_run_id\nusageDate"}));
    assert_false(grain_keeps_every_run(&(struct target_record){.key = "usageDate"}));
    assert_false(grain_keeps_every_run(&(struct target_record){.key = ""}));
    assert_false(grain_keeps_every_run(&(struct target_record){.key = "_run_idle"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_begins_with_the_run_keeps_every_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
