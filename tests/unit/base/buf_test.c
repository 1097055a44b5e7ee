#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void an_empty_buffer_is_empty_text(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(10);
    assert_string_equal(buf_text(&buf), "");
    assert_int_equal(buf.length, 0);
    char *taken = buf_take(&buf);
    assert_string_equal(taken, "");
    free(taken);
}

static void bytes_are_appended_and_ended_by_nul(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(100);
    assert_true(buf_append(&buf, "a\0b", 3));
    assert_true(buf_append_text(&buf, "cd"));
    assert_true(buf_append(&buf, NULL, 0));
    assert_int_equal(buf.length, 5);
    assert_memory_equal(buf_text(&buf), "a\0bcd", 6);
}

static void the_ceiling_is_met_exactly_and_never_passed(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(5);
    assert_true(buf_append_text(&buf, "12345"));
    assert_false(buf_append_text(&buf, "6"));
    assert_false(buf_reserve(&buf, SIZE_MAX));
    assert_string_equal(buf_text(&buf), "12345");
    buf_clear(&buf);
    assert_string_equal(buf_text(&buf), "");
    assert_false(buf_append_text(&buf, "123456"));
    assert_true(buf_append_text(&buf, "54321"));
}

static void it_grows_in_many_steps(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(100000);
    for (int i = 0; i < 100000; i++)
        assert_true(buf_append(&buf, &"0123456789"[i % 10], 1));
    assert_false(buf_append(&buf, "x", 1));
    assert_int_equal(buf.length, 100000);
    assert_memory_equal(buf_text(&buf) + 99990, "0123456789", 11);
}

static void formatted_text_is_appended_whole(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    buf_put(&buf, "SELECT ");
    buf_print(&buf, "%d, '%s'", 42, "x");
    char wide[600];
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    buf_print(&buf, "%s", wide);
    assert_int_equal(buf.length, 7 + 7 + 599);
    assert_memory_equal(buf_text(&buf), "SELECT 42, 'x'www", 17);
}

static void text_that_is_taken_leaves_an_empty_buffer(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(100);
    buf_put(&buf, "mine");
    char *taken = buf_take(&buf);
    assert_string_equal(taken, "mine");
    assert_string_equal(buf_text(&buf), "");
    buf_put(&buf, "next");
    assert_string_equal(buf_text(&buf), "next");
    free(taken);
}

static void a_result_past_its_ceiling_is_marked(void **state)
{
    (void)state;
    SCOPED(buf) struct buf result = buf_make_result();
    SCOPED(mem) char *piece = mem_alloc(BUF_OWN_TEXT / 2 + 1, 1);
    memset(piece, 'x', BUF_OWN_TEXT / 2);
    buf_put(&result, piece);
    buf_print(&result, "%s", piece);
    assert_false(result.is_past);
    assert_int_equal(result.length, BUF_OWN_TEXT);
    buf_put(&result, "y");
    buf_print(&result, "%s", "z");
    assert_true(result.is_past);
    assert_int_equal(result.length, BUF_OWN_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_empty_text),
        cmocka_unit_test(bytes_are_appended_and_ended_by_nul),
        cmocka_unit_test(the_ceiling_is_met_exactly_and_never_passed),
        cmocka_unit_test(it_grows_in_many_steps),
        cmocka_unit_test(formatted_text_is_appended_whole),
        cmocka_unit_test(text_that_is_taken_leaves_an_empty_buffer),
        cmocka_unit_test(a_result_past_its_ceiling_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
