#include "job/where_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The fault of a condition, and the text that it is found at. */
static void expect(const char *condition, enum where_fault_kind kind, const char *at)
{
    struct where_fault fault = where_scan(condition);
    if (fault.kind != kind)
        print_error("%s: fault %d, expected %d\n", condition, (int)fault.kind, (int)kind);
    assert_int_equal(fault.kind, kind);
    assert_int_equal(fault.token.length, strlen(at));
    assert_memory_equal(fault.token.bytes, at, strlen(at));
}

static void expect_sound(const char *condition)
{
    struct where_fault fault = where_scan(condition);
    if (fault.kind != WHERE_VALID)
        print_error("%s: fault %d at %s\n", condition, (int)fault.kind, fault.token.bytes);
    assert_int_equal(fault.kind, WHERE_VALID);
}

static void comparisons_of_every_kind_are_sound(void **state)
{
    (void)state;
    expect_sound("productName = 'AutoCAD'");
    expect_sound("productName='AutoCAD'AND userName<>'ann'OR quantity>=-1.5");
    expect_sound("userName LIKE'adm%' and userName like \"adm%\"");
    expect_sound("productName IN('a', 'b',\n'c') AND contractYear in (1,2)");
    expect_sound("usageDate BETWEEN '2026-01-01' AND '2026-02-01' AND quantity between 1 and 2");
    expect_sound("customField1 IS NULL OR customField1 = '' or isActive = TRUE");
    expect_sound("((productName = 'a') AND ((userName = 'b' OR userName = 'c')))");
    expect_sound("userName = machineName");
    expect_sound("\xE5\x9C\xB0\xE7\x90\x86 = 'x' AND \"Cost Center\" = '1'");
    expect_sound("upper(userName) = 'ANN' AND now() > concat('a', lower(machineName), 1)");
    expect_sound("userName LIKE ('adm%') AND contractYear = (1)");
    expect_sound("1 = 1");
}

static void a_text_may_hold_anything_but_its_own_quote(void **state)
{
    (void)state;
    expect_sound("userName = 'O''Brien' AND productName = 'Screen 24\" LT'");
    expect_sound("userName = 'a) OR (1=1 -- /* # ; $$'");
    expect_sound("userName = 'CORP\\ann' AND userName = 'two\\\\'");
    expect_sound("userName = 'line\nbreak'");
    expect_sound("userName = '\xE2\x80\x98\xE5\x9C\xB0\xE2\x80\x99'");
}

static void a_text_that_is_not_quoted_is_found(void **state)
{
    (void)state;
    expect("productName = AutoCAD", WHERE_UNQUOTED, "AutoCAD");
    expect("productName = 'a' AND userName != ann", WHERE_UNQUOTED, "ann");
    expect("productName IN ('a', AutoCAD)", WHERE_UNQUOTED, "AutoCAD");
    expect("userName LIKE admin%", WHERE_UNQUOTED, "admin");
    expect("usageDate BETWEEN today AND '2026-01-01'", WHERE_UNQUOTED, "today");
    expect("usageDate >= 2026-01-01", WHERE_UNQUOTED_DATE, "-");
    expect("productName = 'AutoCAD' LT", WHERE_NO_CONJUNCTION, "LT");
    expect("userName = \xE2\x80\x98"
           "ann\xE2\x80\x99",
           WHERE_WRONG_QUOTES,
           "\xE2\x80\x98"
           "ann\xE2\x80\x99");
    expect("userName = `ann`", WHERE_WRONG_QUOTES, "`");
}

static void a_quote_that_a_backslash_may_escape_is_found(void **state)
{
    (void)state;
    expect("userName = 'a\\''' ) OR (1=1", WHERE_BACKSLASH, "'a\\'''");
    expect("userName = 'CORP\\'", WHERE_BACKSLASH, "'CORP\\'");
    expect("userName = 'a\\\\\\'", WHERE_BACKSLASH, "'a\\\\\\'");
    expect("userName = \"a\\\"", WHERE_BACKSLASH, "\"a\\\"");
    expect("userName = E'a'", WHERE_UNQUOTED, "E");
    expect("userName LIKE N'abc%'", WHERE_UNQUOTED, "N");
    expect("E'a' = userName", WHERE_NO_COMPARISON, "'a'");
    expect("userName = 'a' \\ ", WHERE_CHARACTER, "\\");
}

static void a_comment_is_found(void **state)
{
    (void)state;
    expect("userName = 'x' /* ' */ ) OR (1=1 /* ' */", WHERE_COMMENT, "/");
    expect("userName = 'x' -- the rest", WHERE_COMMENT, "-");
    expect("userName = 'x' # the rest", WHERE_COMMENT, "#");
    expect("-- userName = 'x'", WHERE_COMMENT, "-");
    expect("quantity = --1", WHERE_COMMENT, "-");
    expect("quantity = 1 */", WHERE_COMMENT, "*");
}

static void a_character_without_a_meaning_is_found(void **state)
{
    (void)state;
    expect("userName = 'x'; drop", WHERE_CHARACTER, ";");
    expect("userName = $$x$$", WHERE_CHARACTER, "$");
    expect("[userName] = 'x'", WHERE_CHARACTER, "[");
    expect("userName = 'x'\x01", WHERE_CHARACTER, "\x01");
    expect("userName\xC2\xA0 = 'x'", WHERE_CHARACTER, "userName\xC2\xA0");
    expect("userName = '\xC3\xA9' AND x\xFF = 1", WHERE_CHARACTER, "x\xFF");
}

static void what_is_not_balanced_is_found(void **state)
{
    (void)state;
    expect("userName = 'x') OR (1=1", WHERE_UNBALANCED, ")");
    expect("(userName = 'x'", WHERE_UNBALANCED, "");
    expect("userName = 'x", WHERE_UNBALANCED, "'x");
    expect("userName IN ('x', 'y'", WHERE_NO_CONJUNCTION, "");
    expect("(userName IN ('x') OR (userName = 'y')", WHERE_UNBALANCED, "");
}

static void what_is_missing_is_found_where_it_is_missed(void **state)
{
    (void)state;
    expect("", WHERE_NO_COMPARISON, "");
    expect("userName", WHERE_NO_COMPARISON, "");
    expect("userName =", WHERE_NO_VALUE, "");
    expect("userName = 'x' AND", WHERE_NO_COMPARISON, "");
    expect("userName = 'x' AND OR", WHERE_NO_COMPARISON, "OR");
    expect("userName == 'x'", WHERE_NO_COMPARISON, "==");
    expect("userName IN 'x'", WHERE_NO_LIST, "'x'");
    expect("userName IN ()", WHERE_NO_VALUE, ")");
    expect("userName IN ('x',)", WHERE_NO_VALUE, ")");
    expect("userName IN ('x' 'y')", WHERE_NO_CONJUNCTION, "'y'");
    expect("userName IS 'x'", WHERE_NO_VALUE, "'x'");
    expect("usageDate BETWEEN '2026-01-01' OR '2026-02-01'", WHERE_NO_RANGE_END, "OR");
    expect("tokensConsumed BETWEEN 1", WHERE_NO_RANGE_END, "");
    expect("usageDate BETWEEN 2026-01-01 AND 2026-02-01", WHERE_UNQUOTED_DATE, "-");
    expect("()", WHERE_NO_COMPARISON, ")");
    expect("userName 'x'", WHERE_NO_COMPARISON, "'x'");
}

static void not_is_passed_over(void **state)
{
    (void)state;
    expect_sound("not userName = 'x' and userName not in ('x') and userName is not null");
}

static void parentheses_are_bounded(void **state)
{
    (void)state;
    char condition[256] = "";
    for (int i = 0; i < WHERE_MAX_DEPTH + 1; i++)
        strcat(condition, "(");
    strcat(condition, "1=1");
    expect(condition, WHERE_TOO_DEEP, "(");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_of_every_kind_are_sound),
        cmocka_unit_test(a_text_may_hold_anything_but_its_own_quote),
        cmocka_unit_test(a_text_that_is_not_quoted_is_found),
        cmocka_unit_test(a_quote_that_a_backslash_may_escape_is_found),
        cmocka_unit_test(a_comment_is_found),
        cmocka_unit_test(a_character_without_a_meaning_is_found),
        cmocka_unit_test(what_is_not_balanced_is_found),
        cmocka_unit_test(what_is_missing_is_found_where_it_is_missed),
        cmocka_unit_test(not_is_passed_over),
        cmocka_unit_test(parentheses_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
