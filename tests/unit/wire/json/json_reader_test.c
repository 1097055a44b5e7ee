#include "wire/json/json_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A text of its own size on the heap, so that a sanitizer sees a read past its end. */
struct reading {
    char *text;
    struct json_reader reader;
    struct err err;
};

static struct reading begin_bytes(const char *bytes, size_t length)
{
    struct reading reading = {.text = malloc(length ? length : 1)};
    memcpy(reading.text, bytes, length);
    reading.reader = json_reader_make(reading.text, length);
    return reading;
}

static struct reading begin(const char *json)
{
    return begin_bytes(json, strlen(json));
}

static void reading_cleanup(struct reading *reading)
{
    free(reading->text);
}

static void expect_token(struct reading *reading, enum json_token token)
{
    enum json_token read = json_next(&reading->reader, &reading->err);
    if (read == JSON_FAILED && token != JSON_FAILED)
        fail_msg("%s", reading->err.text);
    assert_int_equal(read, token);
}

static void expect_bytes(struct reading *reading, enum json_token token, const char *bytes)
{
    expect_token(reading, token);
    assert_int_equal(reading->reader.bytes_length, strlen(bytes));
    assert_memory_equal(reading->reader.bytes, bytes, strlen(bytes));
}

/* Reads to the end; what is refused says so with this text. */
static void expect_refused_bytes(const char *bytes, size_t length, const char *text)
{
    SCOPED(reading) struct reading reading = begin_bytes(bytes, length);
    enum json_token token;
    do
        token = json_next(&reading.reader, &reading.err);
    while (token != JSON_FAILED && token != JSON_END);
    assert_int_equal(token, JSON_FAILED);
    assert_int_equal(reading.err.kind, ERR_DATA);
    assert_string_equal(reading.err.text, text);
}

static void expect_refused(const char *json, const char *text)
{
    expect_refused_bytes(json, strlen(json), text);
}

static void expect_unescaped(const char *json, const char *bytes)
{
    SCOPED(reading) struct reading reading = begin(json);
    expect_bytes(&reading, JSON_STRING, bytes);
    expect_token(&reading, JSON_END);
}

static void tokens_come_in_the_order_of_the_text(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = begin(" {\"a\" : [1, -2.50e+3,true ,false,null],\n\t\"b\":{},\"c\":\"x\"}\r\n");
    expect_token(&reading, JSON_OBJECT_BEGIN);
    expect_bytes(&reading, JSON_KEY, "a");
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_bytes(&reading, JSON_NUMBER, "1");
    expect_bytes(&reading, JSON_NUMBER, "-2.50e+3");
    expect_token(&reading, JSON_TRUE);
    expect_token(&reading, JSON_FALSE);
    expect_token(&reading, JSON_NULL);
    expect_token(&reading, JSON_ARRAY_END);
    expect_bytes(&reading, JSON_KEY, "b");
    expect_token(&reading, JSON_OBJECT_BEGIN);
    expect_token(&reading, JSON_OBJECT_END);
    expect_bytes(&reading, JSON_KEY, "c");
    expect_bytes(&reading, JSON_STRING, "x");
    expect_token(&reading, JSON_OBJECT_END);
    expect_token(&reading, JSON_END);
    expect_token(&reading, JSON_END);
}

static void numbers_keep_their_source_text_whatever_their_size(void **state)
{
    (void)state;
    const char *number = "-123456789012345678901234567890.000000000000000000001E+400";
    SCOPED(reading) struct reading reading = begin(number);
    expect_bytes(&reading, JSON_NUMBER, number);
    expect_token(&reading, JSON_END);
}

static void escapes_are_replaced(void **state)
{
    (void)state;
    expect_unescaped("\"\"", "");
    expect_unescaped("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    expect_unescaped("\"plain \\u0041 plain\"", "plain A plain");
    expect_unescaped("\"\\u00e9 \\u5730\\u7406 \\uD83D\\uDE00!\"",
                     "\303\251 \345\234\260\347\220\206 \360\237\230\200!");
    expect_unescaped("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
                     "\177\302\200\337\277\340\240\200\357\277\277");
    expect_unescaped("\"\\\\u0000\"", "\\u0000");
}

static void text_past_ascii_passes_as_it_is(void **state)
{
    (void)state;
    expect_unescaped("\"Caf\303\251 \345\234\260\347\220\206 \360\237\230\200\"",
                     "Caf\303\251 \345\234\260\347\220\206 \360\237\230\200");
    expect_unescaped("\"\\n\303\251\"", "\n\303\251");
}

static void special_bytes_are_seen_at_every_place_of_a_word(void **state)
{
    (void)state;
    for (size_t at = 0; at < 20; at++) {
        char json[] = "\"aaaaaaaaaaaaaaaaaaaaa\"";
        char bytes[] = "aaaaaaaaaaaaaaaaaaaa";
        memcpy(json + 1 + at, "\\n", 2);
        bytes[at] = '\n';
        expect_unescaped(json, bytes);

        memset(json + 1, 'a', 21);
        json[1 + at] = '\x1F';
        SCOPED(reading) struct reading reading = begin(json);
        expect_token(&reading, JSON_FAILED);
    }
}

static void a_comma_before_a_closing_bracket_is_taken(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("{\"rows\":[1,[2,],],\"limit\":100,}");
    expect_token(&reading, JSON_OBJECT_BEGIN);
    expect_bytes(&reading, JSON_KEY, "rows");
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_bytes(&reading, JSON_NUMBER, "1");
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_bytes(&reading, JSON_NUMBER, "2");
    expect_token(&reading, JSON_ARRAY_END);
    expect_token(&reading, JSON_ARRAY_END);
    expect_bytes(&reading, JSON_KEY, "limit");
    expect_bytes(&reading, JSON_NUMBER, "100");
    expect_token(&reading, JSON_OBJECT_END);
    expect_token(&reading, JSON_END);
}

static void other_commas_out_of_place_are_refused(void **state)
{
    (void)state;
    expect_refused("[,]", "byte 1: expected a value, found `,`");
    expect_refused("[1,,2]", "byte 3: expected a value, found `,`");
    expect_refused("{,}", "byte 1: expected a member name or `}`, found `,`");
    expect_refused("{\"a\":1,,}", "byte 7: expected a member name or `}`, found `,`");
    expect_refused("[1],", "byte 3: expected nothing after the document, found `,`");
}

static void words_that_are_no_values_are_shown(void **state)
{
    (void)state;
    expect_refused("[NaN]", "byte 1: expected a value, found `NaN`");
    expect_refused("[Infinity]", "byte 1: expected a value, found `Infinity`");
    expect_refused("[-Infinity]", "byte 1: `-Infinity` is not a number");
    expect_refused("[nul]", "byte 1: expected a value, found `nul`");
    expect_refused("[nulls]", "byte 1: expected a value, found `nulls`");
    expect_refused("[tru", "byte 1: expected a value, found `tru`");
    expect_refused("<html><body>", "byte 0: expected a value, found `<html><body>`");
    expect_refused("/* no */ 1", "byte 0: expected a value, found `/*`");
}

static void numbers_of_another_grammar_are_refused(void **state)
{
    (void)state;
    expect_refused("[01]", "byte 1: `01` is not a number");
    expect_refused("[-]", "byte 1: `-` is not a number");
    expect_refused("[1.]", "byte 1: `1.` is not a number");
    expect_refused("[1.e5]", "byte 1: `1.e5` is not a number");
    expect_refused("[1e]", "byte 1: `1e` is not a number");
    expect_refused("[1e+]", "byte 1: `1e+` is not a number");
    expect_refused("[0x10]", "byte 1: `0x10` is not a number");
    expect_refused("[1_000]", "byte 1: `1_000` is not a number");
    expect_refused("[.5]", "byte 1: expected a value, found `.5`");
    expect_refused("[+1]", "byte 1: expected a value, found `+1`");
}

static void broken_structure_is_refused(void **state)
{
    (void)state;
    expect_refused("", "byte 0: expected a value, found the end of the text");
    expect_refused(" \n", "byte 2: expected a value, found the end of the text");
    expect_refused("[1", "byte 2: expected `,` or `]`, found the end of the text");
    expect_refused("[1}", "byte 2: expected `,` or `]`, found `}`");
    expect_refused("[1 2]", "byte 3: expected `,` or `]`, found `2`");
    expect_refused("{\"a\":1]", "byte 6: expected `,` or `}`, found `]`");
    expect_refused("{\"a\" 1}", "byte 5: expected `:`, found `1`");
    expect_refused("{\"a\":}", "byte 5: expected a value, found `}`");
    expect_refused("{a:1}", "byte 1: expected a member name or `}`, found `a`");
    expect_refused("{\"a\":1,", "byte 7: expected a member name or `}`, found the end of the text");
    expect_refused("{} {}", "byte 3: expected nothing after the document, found `{`");
    expect_refused_bytes("1\0", 2, "byte 1: expected nothing after the document, found `?`");
}

static void strings_that_text_cannot_hold_are_refused(void **state)
{
    (void)state;
    expect_refused("\"a\\u0000b\"", "byte 2: `\\u0000` in a string: text cannot contain it");
    expect_refused("\"\\ud800\"", "byte 1: `\\uD800` is half of a surrogate pair");
    expect_refused("\"\\ud800\\u0041\"", "byte 1: `\\uD800` is half of a surrogate pair");
    expect_refused("\"\\udc00\\ud800\"", "byte 1: `\\uDC00` is half of a surrogate pair");
    expect_refused("\"x\ny\"", "byte 2: a raw control character (0x0A) in a string");
    expect_refused_bytes("\"x\0y\"", 5, "byte 2: a raw control character (0x00) in a string");
    expect_refused("\"x\300\200\"", "byte 2: bytes that are not UTF-8 in a string");
    expect_refused("\"\355\240\200\"", "byte 1: bytes that are not UTF-8 in a string");
    expect_refused("\"caf\303\"", "byte 4: bytes that are not UTF-8 in a string");
}

static void broken_escapes_are_refused(void **state)
{
    (void)state;
    expect_refused("\"\\x41\"", "byte 1: a backslash before a character that it cannot escape");
    expect_refused("\"\\u12g4\"", "byte 1: `\\u` needs four hexadecimal digits");
    expect_refused("\"\\u12", "byte 1: `\\u` needs four hexadecimal digits");
    expect_refused("\"abc", "byte 4: the text ends inside a string");
    expect_refused("\"abc\\", "byte 5: the text ends inside a string");
    expect_refused("\"abc\\\"", "byte 6: the text ends inside a string");
}

static void messages_show_no_string_and_little_of_a_word(void **state)
{
    (void)state;
    expect_refused("{\"token\" \"s3cret\"}", "byte 9: expected `:`, found a string");
    expect_refused("[1 \"s3cret\"]", "byte 3: expected `,` or `]`, found a string");
    expect_refused("eyJhbGciOiJSUzI1NiIsImtpZCI6IlU3c0d",
                   "byte 0: expected a value, found `eyJhbGciOiJSUzI1…`");
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    char json[2 * JSON_MAX_DEPTH + 1];
    memset(json, '[', JSON_MAX_DEPTH);
    memset(json + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    SCOPED(reading) struct reading reading = begin_bytes(json, sizeof json - 1);
    for (size_t i = 0; i < JSON_MAX_DEPTH; i++)
        expect_token(&reading, JSON_ARRAY_BEGIN);
    for (size_t i = 0; i < JSON_MAX_DEPTH; i++)
        expect_token(&reading, JSON_ARRAY_END);
    expect_token(&reading, JSON_END);

    memset(json, '[', sizeof json);
    expect_refused_bytes(json, sizeof json, "byte 64: nested more than 64 deep");
}

static void a_failed_reader_stays_failed(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("[x, 1]");
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_token(&reading, JSON_FAILED);
    expect_token(&reading, JSON_FAILED);
    assert_int_equal(reading.err.kind, ERR_DATA);
}

static void a_failed_reader_knows_the_byte_at_fault(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("[\"abc\\x\"]");
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_token(&reading, JSON_FAILED);
    assert_int_equal(reading.reader.failed_at, 5);
    expect_token(&reading, JSON_FAILED);
    assert_int_equal(reading.reader.failed_at, 5);
}

static void a_value_is_skipped_whole(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("{\"a\":{\"b\":[1,{\"c\":[]}]},\"d\":\"x\",\"e\":2}");
    expect_token(&reading, JSON_OBJECT_BEGIN);
    expect_bytes(&reading, JSON_KEY, "a");
    assert_true(json_skip_value(&reading.reader, &reading.err));
    expect_bytes(&reading, JSON_KEY, "d");
    assert_true(json_skip_value(&reading.reader, &reading.err));
    expect_bytes(&reading, JSON_KEY, "e");
    expect_bytes(&reading, JSON_NUMBER, "2");
}

static void skipping_where_no_value_stands_fails(void **state)
{
    (void)state;
    SCOPED(reading) struct reading ended = begin("[]");
    expect_token(&ended, JSON_ARRAY_BEGIN);
    assert_false(json_skip_value(&ended.reader, &ended.err));
    assert_int_equal(ended.err.kind, ERR_DATA);

    SCOPED(reading) struct reading broken = begin("[[1,[}]]");
    expect_token(&broken, JSON_ARRAY_BEGIN);
    assert_false(json_skip_value(&broken.reader, &broken.err));
    assert_string_equal(broken.err.text, "byte 5: expected a value, found `}`");
}

static void a_row_is_read_as_cells(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("[[\"a\\n\" , 60.0,true, false,null,],[]]");
    struct cell cells[5];
    size_t count;
    expect_token(&reading, JSON_ARRAY_BEGIN);
    expect_token(&reading, JSON_ARRAY_BEGIN);
    assert_true(json_read_cells(&reading.reader, cells, 5, &count, &reading.err));
    assert_int_equal(count, 5);
    assert_int_equal(cells[0].kind, CELL_TEXT);
    assert_int_equal(cells[0].length, 2);
    assert_memory_equal(cells[0].bytes, "a\n", 2);
    assert_int_equal(cells[1].kind, CELL_NUMBER);
    assert_int_equal(cells[1].length, 4);
    assert_memory_equal(cells[1].bytes, "60.0", 4);
    assert_int_equal(cells[2].kind, CELL_TRUE);
    assert_int_equal(cells[3].kind, CELL_FALSE);
    assert_int_equal(cells[4].kind, CELL_NULL);
    expect_token(&reading, JSON_ARRAY_BEGIN);
    assert_true(json_read_cells(&reading.reader, cells, 5, &count, &reading.err));
    assert_int_equal(count, 0);
    expect_token(&reading, JSON_ARRAY_END);
    expect_token(&reading, JSON_END);
}

static void cells_past_the_most_are_counted_and_not_stored(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin("[1,2,3]");
    struct cell cells[2] = {{.kind = CELL_NULL, .bytes = NULL, .length = 0},
                            {.kind = CELL_NULL, .bytes = NULL, .length = 0}};
    size_t count;
    expect_token(&reading, JSON_ARRAY_BEGIN);
    assert_true(json_read_cells(&reading.reader, cells, 1, &count, &reading.err));
    assert_int_equal(count, 3);
    assert_int_equal(cells[0].kind, CELL_NUMBER);
    assert_int_equal(cells[1].kind, CELL_NULL);
    expect_token(&reading, JSON_END);
}

static void expect_row_refused(const char *json, const char *text)
{
    SCOPED(reading) struct reading reading = begin(json);
    struct cell cells[4];
    size_t count;
    expect_token(&reading, JSON_ARRAY_BEGIN);
    assert_false(json_read_cells(&reading.reader, cells, 4, &count, &reading.err));
    assert_int_equal(reading.err.kind, ERR_DATA);
    assert_string_equal(reading.err.text, text);
    expect_token(&reading, JSON_FAILED);
}

static void rows_that_are_no_rows_are_refused(void **state)
{
    (void)state;
    expect_row_refused("[1,[2]]", "byte 3: expected a value, found `[`");
    expect_row_refused("[{}]", "byte 1: expected a value, found `{`");
    expect_row_refused("[1", "byte 2: expected `,` or `]`, found the end of the text");
    expect_row_refused("[1,", "byte 3: expected a value, found the end of the text");
    expect_row_refused("[1 2]", "byte 3: expected `,` or `]`, found `2`");
    expect_row_refused("[,1]", "byte 1: expected a value, found `,`");
    expect_row_refused("[1}", "byte 2: expected `,` or `]`, found `}`");
}

static void json_is_number_follows_the_grammar(void **state)
{
    (void)state;
    assert_true(json_is_number("0", 1));
    assert_true(json_is_number("-0.5", 4));
    assert_true(json_is_number("60.0", 4));
    assert_true(json_is_number("1E-7", 4));
    assert_false(json_is_number("", 0));
    assert_false(json_is_number("00", 2));
    assert_false(json_is_number("1 ", 2));
    assert_false(json_is_number("1,5", 3));
    assert_false(json_is_number("NaN", 3));
    assert_false(json_is_number("+1", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_in_the_order_of_the_text),
        cmocka_unit_test(numbers_keep_their_source_text_whatever_their_size),
        cmocka_unit_test(escapes_are_replaced),
        cmocka_unit_test(text_past_ascii_passes_as_it_is),
        cmocka_unit_test(special_bytes_are_seen_at_every_place_of_a_word),
        cmocka_unit_test(a_comma_before_a_closing_bracket_is_taken),
        cmocka_unit_test(other_commas_out_of_place_are_refused),
        cmocka_unit_test(words_that_are_no_values_are_shown),
        cmocka_unit_test(numbers_of_another_grammar_are_refused),
        cmocka_unit_test(broken_structure_is_refused),
        cmocka_unit_test(strings_that_text_cannot_hold_are_refused),
        cmocka_unit_test(broken_escapes_are_refused),
        cmocka_unit_test(messages_show_no_string_and_little_of_a_word),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(a_failed_reader_stays_failed),
        cmocka_unit_test(a_failed_reader_knows_the_byte_at_fault),
        cmocka_unit_test(a_value_is_skipped_whole),
        cmocka_unit_test(skipping_where_no_value_stands_fails),
        cmocka_unit_test(a_row_is_read_as_cells),
        cmocka_unit_test(cells_past_the_most_are_counted_and_not_stored),
        cmocka_unit_test(rows_that_are_no_rows_are_refused),
        cmocka_unit_test(json_is_number_follows_the_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
