#include "job/where.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Whether the next token is of this kind and text. */
static void expect(const char *condition, size_t *at, enum where_kind kind, const char *text)
{
    struct where_token token = where_next(condition, at);
    assert_int_equal(token.kind, kind);
    assert_int_equal(token.length, strlen(text));
    assert_memory_equal(token.bytes, text, token.length);
    assert_ptr_equal(token.bytes, condition + token.offset);
}

static void a_condition_falls_into_tokens(void **state)
{
    (void)state;
    const char *condition = "userName LIKE'adm%' AND(quantity>=1.5 or productName != 'x')";
    size_t at = 0;
    expect(condition, &at, WHERE_WORD, "userName");
    expect(condition, &at, WHERE_WORD, "LIKE");
    expect(condition, &at, WHERE_TEXT, "'adm%'");
    expect(condition, &at, WHERE_WORD, "AND");
    expect(condition, &at, WHERE_OPEN, "(");
    expect(condition, &at, WHERE_WORD, "quantity");
    expect(condition, &at, WHERE_COMPARISON, ">=");
    expect(condition, &at, WHERE_NUMBER, "1.5");
    expect(condition, &at, WHERE_WORD, "or");
    expect(condition, &at, WHERE_WORD, "productName");
    expect(condition, &at, WHERE_COMPARISON, "!=");
    expect(condition, &at, WHERE_TEXT, "'x'");
    expect(condition, &at, WHERE_CLOSE, ")");
    expect(condition, &at, WHERE_END, "");
    expect(condition, &at, WHERE_END, "");
}

static void a_quote_written_twice_does_not_end_the_text(void **state)
{
    (void)state;
    const char *condition = "'O''Brien' \"a\"\"b\" '' 'it\"s'";
    size_t at = 0;
    expect(condition, &at, WHERE_TEXT, "'O''Brien'");
    expect(condition, &at, WHERE_TEXT, "\"a\"\"b\"");
    expect(condition, &at, WHERE_TEXT, "''");
    expect(condition, &at, WHERE_TEXT, "'it\"s'");
}

static void a_text_that_is_never_closed_is_told(void **state)
{
    (void)state;
    size_t at = 0;
    expect("'abc", &at, WHERE_UNCLOSED, "'abc");
    at = 0;
    expect("'abc''", &at, WHERE_UNCLOSED, "'abc''");
    at = 0;
    expect("'", &at, WHERE_UNCLOSED, "'");
}

static void words_may_hold_any_script(void **state)
{
    (void)state;
    const char *condition = "\xE5\x9C\xB0\xE7\x90\x86 = 1";
    size_t at = 0;
    expect(condition, &at, WHERE_WORD, "\xE5\x9C\xB0\xE7\x90\x86");
    expect(condition, &at, WHERE_COMPARISON, "=");
}

static void keywords_are_recognised_in_any_case_and_as_a_whole(void **state)
{
    (void)state;
    size_t at = 0;
    const char *condition = "Not notes";
    struct where_token token = where_next(condition, &at);
    assert_true(where_is_word(&token, "not"));
    token = where_next(condition, &at);
    assert_false(where_is_word(&token, "not"));
}

static struct where_pattern pattern_of(const char *text)
{
    size_t at = 0;
    struct where_token token = where_next(text, &at);
    return where_pattern_of(&token);
}

static void wildcards_and_other_characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(pattern_of("'bob%'").wildcards, 1);
    assert_int_equal(pattern_of("'bob%'").others, 3);
    assert_int_equal(pattern_of("'%b%b%'").wildcards, 3);
    assert_int_equal(pattern_of("'%b%b%'").others, 2);
    assert_int_equal(pattern_of("'\xC3\xA9\xC3\xA9%'").others, 2);
    assert_int_equal(pattern_of("'a''b%'").others, 3);
    assert_int_equal(pattern_of("''").others, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_falls_into_tokens),
        cmocka_unit_test(a_quote_written_twice_does_not_end_the_text),
        cmocka_unit_test(a_text_that_is_never_closed_is_told),
        cmocka_unit_test(words_may_hold_any_script),
        cmocka_unit_test(keywords_are_recognised_in_any_case_and_as_a_whole),
        cmocka_unit_test(wildcards_and_other_characters_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
