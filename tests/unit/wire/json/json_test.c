/* wire/json/json. The linker puts json_object_get_string() below in the place of the real one (--wrap). */
#include "base/buf.h"
#include "base/mem.h"
#include "wire/json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_object *parse(const char *json)
{
    struct err err;
    json_object *document = json_parse(json, strlen(json), &err);
    if (!document)
        fail_msg("%s", err.text);
    return document;
}

static void expect_written(const char *json, const char *written)
{
    SCOPED(json) json_object *document = parse(json);
    assert_string_equal(json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN), written);
}

static void expect_error(const char *json, enum err_kind kind, const char *text)
{
    struct err err;
    assert_null(json_parse(json, strlen(json), &err));
    assert_int_equal(err.kind, kind);
    assert_string_equal(err.text, text);
}

static void expect_refused(const char *json, const char *text)
{
    expect_error(json, ERR_UNAVAILABLE, text);
}

static void a_document_is_read_whole(void **state)
{
    (void)state;
    expect_written("{\"a\":[1,-2,60.0,true,false,null,\"x\"],\"b\":{\"c\":{}},\"\":[]}",
                   "{\"a\":[1,-2,60.0,true,false,null,\"x\"],\"b\":{\"c\":{}},\"\":[]}");
    expect_written(" \"text\" ", "\"text\"");
    expect_written("12", "12");
}

static void a_trailing_comma_is_taken(void **state)
{
    (void)state;
    expect_written("{\"rows\":[[1,],],\"limit\":100,\n}", "{\"rows\":[[1]],\"limit\":100}");
}

static void escaped_text_arrives_unescaped(void **state)
{
    (void)state;
    SCOPED(json) json_object *document = parse("{\"na\\u006De\":\"a\\n\\u5730\\u7406\"}");
    assert_string_equal(json_text_of(document, "name"), "a\n\345\234\260\347\220\206");
}

static void a_member_that_comes_twice_has_one_value(void **state)
{
    (void)state;
    expect_written("{\"a\":[1.5,null],\"a\":[1.5,null]}", "{\"a\":[1.5,null]}");
    expect_written("{\"a\":null,\"a\":null}", "{\"a\":null}");
    expect_written("{\"a\":[{\"b\":60,\"c\":true}],\"a\":[{\"c\":true,\"b\":60.0}]}",
                   "{\"a\":[{\"c\":true,\"b\":60.0}]}");
    expect_written("{\"a\":1e9999,\"a\":1e9999}", "{\"a\":1e9999}");
    static const char *const texts[][2] = {
        {"{\"a\":1,\"a\":2}", "11"},
        {"[{\"a\":null,\"b\":0,\"\\u0061\":0}]", "26"},
        {"{\"a\":0,\"a\":null}", "11"},
        {"{\"a\":{\"b\":1},\"a\":{\"b\":2}}", "17"},
        {"{\"x\":{\"a\":1,\"a\":\"1\"}}", "16"},
        {"{\"a\":0.1,\"a\":0.10000000000000000001}", "13"},
        {"{\"a\":18446744073709551616,\"a\":18446744073709551617}", "30"},
        {"{\"a\":[1e400],\"a\":[1e401]}", "17"},
        {"{\"a\":{\"b\":1},\"a\":{\"c\":1}}", "17"},
        {"{\"a\":[1],\"a\":[1,1]}", "13"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        SCOPED(buf) struct buf expected = buf_make(BUF_OWN_TEXT);
        buf_print(&expected, "byte %s: the object has a member of this name already, with another value",
                  texts[i][1]);
        expect_error(texts[i][0], ERR_DATA, buf_text(&expected));
    }
}

static void of_members_that_must_not_be_lost_the_last_one_counts(void **state)
{
    (void)state;
    struct err err;
    const char *text = "{\"token\":\"old\",\"token\":\"new\"}";
    SCOPED(json) json_object *document = json_parse_last(text, strlen(text), &err);
    assert_string_equal(json_text_of(document, "token"), "new");
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    (void)state;
    expect_refused("", "byte 0: expected a value, found the end of the text");
    expect_refused("{\"a\":NaN}", "byte 5: expected a value, found `NaN`");
    expect_refused("{\"a\":1} x", "byte 8: expected nothing after the document, found `x`");
    expect_refused("{\"a\":\"\\u0000\"}", "byte 6: `\\u0000` in a string: text cannot contain it");
    expect_refused("{\"a\":[1,{\"b\":\"x\"}", "byte 17: expected `,` or `]`, found the end of the text");
    expect_refused("null", "byte 0: the document is `null`");
}

static void a_refused_document_says_nothing_of_its_strings(void **state)
{
    (void)state;
    expect_refused("{\"access_token\" \"s3cret\"}", "byte 16: expected `:`, found a string");
}

static void the_text_need_not_end_with_nul(void **state)
{
    (void)state;
    struct err err;
    char *text = malloc(2);
    memcpy(text, "17", 2);
    SCOPED(json) json_object *document = json_parse(text, 2, &err);
    free(text);
    assert_int_equal(json_object_get_int64(document), 17);
}

static void members_of_another_type_are_no_text(void **state)
{
    (void)state;
    SCOPED(json) json_object *document = parse("{\"text\":\"x\",\"number\":1,\"none\":null}");
    assert_string_equal(json_text_of(document, "text"), "x");
    assert_null(json_text_of(document, "number"));
    assert_null(json_text_of(document, "none"));
    assert_null(json_text_of(document, "missing"));
    assert_null(json_text_of(NULL, "text"));
    assert_null(json_text_of(json_member(document, "text"), "text"));
}

static void expect_uint(const char *number, uint64_t expected)
{
    char json[128] = "{\"n\":";
    strcat(strcat(json, number), "}");
    SCOPED(json) json_object *document = parse(json);
    uint64_t value = 99;
    assert_true(json_uint_of(document, "n", &value));
    assert_true(value == expected);
}

static void expect_no_uint(const char *number)
{
    char json[128] = "{\"n\":";
    strcat(strcat(json, number), "}");
    SCOPED(json) json_object *document = parse(json);
    uint64_t value = 99;
    assert_false(json_uint_of(document, "n", &value));
    assert_int_equal(value, 99);
}

static void whole_numbers_are_exact_up_to_64_bits(void **state)
{
    (void)state;
    expect_uint("0", 0);
    expect_uint("9007199254740993", 9007199254740993);
    expect_uint("9223372036854775808", UINT64_C(9223372036854775808));
    expect_uint("18446744073709551615", UINT64_MAX);
}

static void what_is_no_exact_whole_number_is_none(void **state)
{
    (void)state;
    expect_no_uint("18446744073709551616");
    expect_no_uint("99999999999999999999999999999999");
    expect_no_uint("-1");
    expect_no_uint("-9223372036854775809");
    expect_no_uint("60.0");
    expect_no_uint("1e3");
    expect_no_uint("\"1\"");
    expect_no_uint("true");
    expect_no_uint("null");
}

static void numbers_past_64_bits_keep_their_source_text(void **state)
{
    (void)state;
    expect_written("[18446744073709551616,-9223372036854775809,1e400]",
                   "[18446744073709551616,-9223372036854775809,1e400]");
}

static void only_true_is_true(void **state)
{
    (void)state;
    SCOPED(json) json_object *document = parse("{\"yes\":true,\"no\":false,\"one\":1,\"text\":\"true\"}");
    assert_true(json_is_true(document, "yes"));
    assert_false(json_is_true(document, "no"));
    assert_false(json_is_true(document, "one"));
    assert_false(json_is_true(document, "text"));
    assert_false(json_is_true(document, "missing"));
}

/* Until the reserve is freed json-c has no memory to compose a text. */
static bool lacks_memory;

const char *__real_json_object_get_string(json_object *value);
const char *__wrap_json_object_get_string(json_object *value);

const char *__wrap_json_object_get_string(json_object *value)
{
    return lacks_memory ? NULL : __real_json_object_get_string(value);
}

static void note_shortage(void)
{
    lacks_memory = false;
}

static void a_text_without_memory_gets_the_reserve(void **state)
{
    (void)state;
    SCOPED(json) json_object *document = parse("12");
    mem_make_reserve();
    mem_on_shortage(note_shortage);
    lacks_memory = true;
    assert_string_equal(json_text(document), "12");
    assert_false(lacks_memory);
    mem_on_shortage(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_read_whole),
        cmocka_unit_test(a_text_without_memory_gets_the_reserve),
        cmocka_unit_test(a_trailing_comma_is_taken),
        cmocka_unit_test(escaped_text_arrives_unescaped),
        cmocka_unit_test(a_member_that_comes_twice_has_one_value),
        cmocka_unit_test(of_members_that_must_not_be_lost_the_last_one_counts),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(a_refused_document_says_nothing_of_its_strings),
        cmocka_unit_test(the_text_need_not_end_with_nul),
        cmocka_unit_test(members_of_another_type_are_no_text),
        cmocka_unit_test(whole_numbers_are_exact_up_to_64_bits),
        cmocka_unit_test(what_is_no_exact_whole_number_is_none),
        cmocka_unit_test(numbers_past_64_bits_keep_their_source_text),
        cmocka_unit_test(only_true_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
