#include "base/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What a test writes to. */
struct written {
    struct buf out;
    struct json_writer json;
};

static int begin(void **state)
{
    static struct written written;
    written.out = buf_make(BUF_OWN_TEXT);
    written.json = json_writer_make(&written.out);
    *state = &written;
    return 0;
}

static int end(void **state)
{
    struct written *written = *state;
    buf_release(&written->out);
    return 0;
}

static void assert_text(struct written *written, const char *text, const char *expected)
{
    buf_clear(&written->out);
    json_put_text(&written->json, NULL, text);
    assert_string_equal(buf_text(&written->out), expected);
}

static void text_is_quoted(void **state)
{
    assert_text(*state, "", "\"\"");
    assert_text(*state, "userName LIKE 'a%'", "\"userName LIKE 'a%'\"");
    assert_text(*state, "\xE5\x9C\xB0\xE7\x90\x86", "\"\xE5\x9C\xB0\xE7\x90\x86\"");
}

static void what_json_reserves_is_escaped(void **state)
{
    assert_text(*state, "a\"b\\c", "\"a\\\"b\\\\c\"");
    assert_text(*state, "a\nb\tc\rd", "\"a\\nb\\tc\\u000dd\"");
    assert_text(*state, "\x01\x1F\x7F", "\"\\u0001\\u001f\\u007f\"");
}

static void bytes_that_are_not_utf8_become_the_replacement_character(void **state)
{
    assert_text(*state, "Geb\xFChren", "\"Geb\xEF\xBF\xBDhren\"");
    assert_text(*state, "\xC3", "\"\xEF\xBF\xBD\"");
    assert_text(*state, "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void no_text_is_null(void **state)
{
    assert_text(*state, NULL, "null");
}

static void every_kind_of_member_has_its_form(void **state)
{
    struct written *written = *state;
    struct json_writer *json = &written->json;
    const char *items[] = {"usageDate", "a\"b"};
    json_begin_object(json, NULL);
    json_put_text(json, "text", "{");
    json_put_text(json, "no_text", NULL);
    json_put_null(json, "nothing");
    json_put_flag(json, "yes", true);
    json_put_flag(json, "no", false);
    json_put_count(json, "count", UINT64_MAX);
    json_put_integer(json, "integer", INT64_MIN);
    json_put_decimal(json, "seconds", 0.1, 3);
    json_put_decimal(json, "tenths", -2.25, 1);
    json_put_list(json, "list", &(struct text_list){items, 2});
    json_put_list(json, "empty", &(struct text_list){0});
    json_put_json(json, "rate", "1e-9");
    json_end(json);
    assert_string_equal(buf_text(&written->out),
                        "{\"text\":\"{\",\"no_text\":null,\"nothing\":null,\"yes\":true,\"no\":false,"
                        "\"count\":18446744073709551615,\"integer\":-9223372036854775808,"
                        "\"seconds\":0.100,\"tenths\":-2.2,\"list\":[\"usageDate\",\"a\\\"b\"],\"empty\":[],"
                        "\"rate\":1e-9}");
}

static void moments_and_dates_that_are_not_known_are_null(void **state)
{
    struct written *written = *state;
    json_begin_object(&written->json, NULL);
    json_put_date(&written->json, "from", true, 10957);
    json_put_date(&written->json, "to", false, 10957);
    json_put_moment(&written->json, "at", 946684800001);
    json_put_moment(&written->json, "until", 0);
    json_end(&written->json);
    assert_string_equal(buf_text(&written->out), "{\"from\":\"2000-01-01\",\"to\":null,"
                                                 "\"at\":\"2000-01-01T00:00:00.001Z\",\"until\":null}");
}

static void a_comma_is_between_values_at_every_depth(void **state)
{
    struct written *written = *state;
    struct json_writer *json = &written->json;
    json_begin_array(json, NULL);
    json_begin_object(json, NULL);
    json_begin_object(json, "empty");
    json_end(json);
    json_begin_array(json, "numbers");
    json_put_count(json, NULL, 1);
    json_put_count(json, NULL, 2);
    json_end(json);
    json_put_flag(json, "last", true);
    json_end(json);
    json_begin_object(json, NULL);
    json_end(json);
    json_end(json);
    assert_string_equal(buf_text(&written->out), "[{\"empty\":{},\"numbers\":[1,2],\"last\":true},{}]");
}

static void items_stand_on_lines_of_their_own_where_that_is_asked_for(void **state)
{
    struct written *written = *state;
    struct json_writer *json = &written->json;
    json_begin_object(json, NULL);
    json_begin_lines(json, "none");
    json_end(json);
    json_new_line(json);
    json_begin_lines(json, "jobs");
    for (uint64_t i = 0; i < 3; i++) {
        json_begin_object(json, NULL);
        json_put_count(json, "job", i);
        json_put_flag(json, "enabled", true);
        json_end(json);
    }
    json_end(json);
    json_begin_array(json, "libraries");
    json_new_line(json);
    json_put_text(json, NULL, "curl");
    json_put_text(json, NULL, "yaml");
    json_end(json);
    json_end(json);
    assert_string_equal(buf_text(&written->out), "{\"none\":[],\n"
                                                 "\"jobs\":[{\"job\":0,\"enabled\":true},\n"
                                                 "{\"job\":1,\"enabled\":true},\n"
                                                 "{\"job\":2,\"enabled\":true}],\"libraries\":[\n"
                                                 "\"curl\",\"yaml\"]}");
}

static void a_whole_object_can_be_given_more_members(void **state)
{
    struct written *written = *state;
    buf_put(&written->out, "{\"fields\":[{}]}");
    struct json_writer json = json_writer_reopen(&written->out);
    json_put_text(&json, "downloadFileName", "x");
    json_end(&json);
    assert_string_equal(buf_text(&written->out), "{\"fields\":[{}],\"downloadFileName\":\"x\"}");

    buf_clear(&written->out);
    buf_put(&written->out, "{}");
    json = json_writer_reopen(&written->out);
    json_put_text(&json, "downloadFileName", "x");
    json_end(&json);
    assert_string_equal(buf_text(&written->out), "{\"downloadFileName\":\"x\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_is_quoted, begin, end),
        cmocka_unit_test_setup_teardown(what_json_reserves_is_escaped, begin, end),
        cmocka_unit_test_setup_teardown(bytes_that_are_not_utf8_become_the_replacement_character, begin, end),
        cmocka_unit_test_setup_teardown(no_text_is_null, begin, end),
        cmocka_unit_test_setup_teardown(every_kind_of_member_has_its_form, begin, end),
        cmocka_unit_test_setup_teardown(moments_and_dates_that_are_not_known_are_null, begin, end),
        cmocka_unit_test_setup_teardown(a_comma_is_between_values_at_every_depth, begin, end),
        cmocka_unit_test_setup_teardown(items_stand_on_lines_of_their_own_where_that_is_asked_for, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_whole_object_can_be_given_more_members, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
