/* base/random: identifiers. */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_uuid_has_its_bytes_and_says_that_they_are_random(void **state)
{
    (void)state;
    char text[UUID_TEXT];
    const unsigned char counted[UUID_BYTES] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                               0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    const unsigned char zeros[UUID_BYTES] = {0};
    unsigned char ones[UUID_BYTES];
    memset(ones, 0xff, sizeof ones);
    assert_string_equal(uuid_format(counted, text), "00112233-4455-4677-8899-aabbccddeeff");
    assert_string_equal(uuid_format(zeros, text), "00000000-0000-4000-8000-000000000000");
    assert_string_equal(uuid_format(ones, text), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

static void each_random_uuid_is_another(void **state)
{
    (void)state;
    struct err err = {0};
    char one[UUID_TEXT];
    char other[UUID_TEXT];
    assert_true(random_uuid(one, &err));
    assert_true(random_uuid(other, &err));
    assert_int_equal(strlen(one), UUID_TEXT - 1);
    assert_int_equal(one[14], '4');
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_has_its_bytes_and_says_that_they_are_random),
        cmocka_unit_test(each_random_uuid_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
