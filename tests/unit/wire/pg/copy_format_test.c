/* wire/copy: the bytes that the manual's "Binary Format" asks for, and for numeric what the server itself
 * sends: select encode(numeric_send(…), 'hex'). */
#include "wire/pg/copy_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *hex_of(const struct buf *buf)
{
    static char hex[512];
    char *out = hex;
    for (size_t i = 0; i < buf->length; i++)
        out += sprintf(out, "%02x", (unsigned char)buf->bytes[i]);
    *out = '\0';
    return hex;
}

static void a_copy_begins_with_the_signature_and_ends_with_minus_one(void **state)
{
    (void)state;
    SCOPED(buf) struct buf rows = buf_make(4096);
    assert_true(copy_begin(&rows));
    assert_true(copy_end(&rows));
    assert_string_equal(hex_of(&rows), "5047434f50590aff0d0a00"
                                       "00000000"
                                       "00000000"
                                       "ffff");
}

static void a_row_is_its_number_of_values_and_each_with_its_length(void **state)
{
    (void)state;
    SCOPED(buf) struct buf rows = buf_make(4096);
    assert_true(copy_begin_row(&rows, 3));
    assert_true(copy_put_text(&rows, "a\tb\\", 4));
    assert_true(copy_put_null(&rows));
    assert_true(copy_put_text(&rows, "", 0));
    assert_string_equal(hex_of(&rows), "0003"
                                       "00000004"
                                       "6109625c"
                                       "ffffffff"
                                       "00000000");
}

static void fixed_values_are_big_endian(void **state)
{
    (void)state;
    static const unsigned char uuid[COPY_UUID_BYTES] = {0xE5, 0xD0, 0x9A, 5, 0, 0, 0, 0,
                                                        0,    0,    0,    0, 0, 0, 0, 1};
    SCOPED(buf) struct buf rows = buf_make(4096);
    assert_true(copy_put_boolean(&rows, true));
    assert_true(copy_put_bigint(&rows, -2));
    assert_true(copy_put_uuid(&rows, uuid));
    assert_string_equal(hex_of(&rows), "0000000101"
                                       "00000008fffffffffffffffe"
                                       "00000010e5d09a05000000000000000000000001");
}

static void days_and_moments_count_from_2000(void **state)
{
    (void)state;
    SCOPED(buf) struct buf rows = buf_make(4096);
    assert_true(copy_put_date(&rows, 10957));
    assert_true(copy_put_date(&rows, 0));
    assert_true(copy_put_timestamp(&rows, INT64_C(946684800000001)));
    assert_string_equal(hex_of(&rows), "0000000400000000"
                                       "00000004ffffd533"
                                       "000000080000000000000001");
}

static void expect_numeric(const char *number, const char *expected)
{
    SCOPED(buf) struct buf rows = buf_make(4096);
    assert_true(copy_numeric_fits(number, strlen(number)));
    assert_true(copy_put_numeric(&rows, number, strlen(number)));
    const char *hex = hex_of(&rows);
    char length[9];
    snprintf(length, sizeof length, "%08zx", rows.length - 4);
    assert_memory_equal(hex, length, 8);
    if (strcmp(hex + 8, expected) != 0)
        fail_msg("%s is %s, not %s", number, hex + 8, expected);
}

static void numerics_are_what_the_server_would_send(void **state)
{
    (void)state;
    expect_numeric("0", "0000000000000000");
    expect_numeric("-0.00", "0000000000000002");
    expect_numeric("1", "00010000000000000001");
    expect_numeric("9999", "0001000000000000270f");
    expect_numeric("10000", "00010001000000000001");
    expect_numeric("-60.0", "0001000040000001003c");
    expect_numeric("0.1", "0001ffff0000000103e8");
    expect_numeric("0.00001", "0001fffe0000000503e8");
    expect_numeric("12345.678900", "0003000100000006000109291a85");
    expect_numeric("100000000", "00010002000000000001");
    expect_numeric("0.10000", "0001ffff0000000503e8");
    expect_numeric("123456789012345678901234567890.123456789",
                   "000b000700000009000c0d801ed204d2162e23340d801ed204d2162e2328");
    expect_numeric("1000000.0001", "0003000100000004006400000001");
}

static void an_exponent_is_written_out(void **state)
{
    (void)state;
    expect_numeric("6.5e1", "00010000000000000041");
    expect_numeric("1.20E2", "00010000000000000078");
    expect_numeric("0e-5", "0000000000000000");
}

static void numbers_past_what_numeric_holds_do_not_fit(void **state)
{
    (void)state;
    static char digits[131074];
    memset(digits, '7', sizeof digits);
    assert_true(copy_numeric_fits(digits, 131072));
    assert_false(copy_numeric_fits(digits, 131073));
    digits[1] = '.';
    assert_true(copy_numeric_fits(digits, 2 + 16383));
    assert_false(copy_numeric_fits(digits, 2 + 16384));
    assert_false(copy_numeric_fits("1e1200", 6));
}

static void past_the_ceiling_nothing_is_appended(void **state)
{
    (void)state;
    SCOPED(buf) struct buf rows = buf_make(7);
    assert_false(copy_begin(&rows));
    assert_false(copy_put_text(&rows, "abcd", 4));
    assert_false(copy_put_bigint(&rows, 1));
    assert_false(copy_put_numeric(&rows, "1", 1));
    assert_int_equal(rows.length, 0);
    assert_true(copy_put_text(&rows, "abc", 3));
    assert_false(copy_put_null(&rows));
    assert_int_equal(rows.length, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_begins_with_the_signature_and_ends_with_minus_one),
        cmocka_unit_test(a_row_is_its_number_of_values_and_each_with_its_length),
        cmocka_unit_test(fixed_values_are_big_endian),
        cmocka_unit_test(days_and_moments_count_from_2000),
        cmocka_unit_test(numerics_are_what_the_server_would_send),
        cmocka_unit_test(an_exponent_is_written_out),
        cmocka_unit_test(numbers_past_what_numeric_holds_do_not_fit),
        cmocka_unit_test(past_the_ceiling_nothing_is_appended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
