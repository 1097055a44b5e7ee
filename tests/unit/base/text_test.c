#include "base/secret.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_snake_case(const char *name, const char *expected)
{
    char out[64];
    assert_true(text_snake_case(name, out, sizeof out));
    assert_string_equal(out, expected);
}

static void snake_case_follows_the_api_names(void **state)
{
    (void)state;
    assert_snake_case("usageDate", "usage_date");
    assert_snake_case("chargedItemID", "charged_item_id");
    assert_snake_case("customField1", "custom_field1");
    assert_snake_case("customField10", "custom_field10");
    assert_snake_case("hubId", "hub_id");
    assert_snake_case("licenseServerTimeZoneOffset", "license_server_time_zone_offset");
    assert_snake_case("HTTPServerName", "http_server_name");
    assert_snake_case("already_snake_case", "already_snake_case");
}

static void snake_case_makes_an_identifier_of_anything(void **state)
{
    (void)state;
    assert_snake_case("Usage Date", "usage_date");
    assert_snake_case("cost--center", "cost_center");
    assert_snake_case("9lives", "_9lives");
    assert_snake_case("broken\xC3", "broken_");
    assert_snake_case("", "");
}

static void snake_case_keeps_letters_of_any_script(void **state)
{
    (void)state;
    assert_snake_case("naïve", "naïve");
    assert_snake_case("地理", "地理");
    assert_snake_case("Größe", "größe");
    assert_snake_case("GRÖSSE", "grösse");
    assert_snake_case("KostenÄnderung", "kosten_änderung");
    assert_snake_case("Ärger", "ärger");
    assert_snake_case("ÅÄÖrt", "åä_ört");
    assert_snake_case("Отдел", "отдел");
    assert_snake_case("Τμήμα Έργου", "τμήμα_έργου");
    assert_snake_case("地理、部門（東京）", "地理_部門_東京_");
    assert_snake_case("地理Name", "地理_name");
    assert_snake_case("قسم", "قسم");
    assert_snake_case("Ｄｅｐｔ", "ｄｅｐｔ");
    assert_snake_case("部門 🏢", "部門_");
    assert_snake_case("–€–", "_");
}

static void snake_case_ends_with_a_whole_character(void **state)
{
    (void)state;
    char out[8];
    assert_true(text_snake_case("地理", out, sizeof out));
    assert_false(text_snake_case("地理部", out, sizeof out));
    assert_string_equal(out, "地理");
    assert_false(text_snake_case("abcdeÄ", out, 7));
    assert_string_equal(out, "abcde_");
}

static void snake_case_says_when_the_name_does_not_fit(void **state)
{
    (void)state;
    char out[8];
    assert_true(text_snake_case("seven77", out, sizeof out));
    assert_string_equal(out, "seven77");
    assert_false(text_snake_case("eight888", out, sizeof out));
    assert_false(text_snake_case("sevenUp", out, sizeof out));
    assert_int_equal(strlen(out), 7);
}

static void same_name_ignores_case_and_separators(void **state)
{
    (void)state;
    assert_true(text_same_name("usageDate", "Usage Date"));
    assert_true(text_same_name("usageDate", "usage_date-"));
    assert_false(text_same_name("usageDate", "usageDates"));
    assert_true(text_same_name("", "_ -"));
}

static void distance_counts_edits_and_swaps(void **state)
{
    (void)state;
    assert_int_equal(text_distance("retries", "retries", 5), 0);
    assert_int_equal(text_distance("retries", "retires", 5), 1);
    assert_int_equal(text_distance("fields", "field", 5), 1);
    assert_int_equal(text_distance("kitten", "sitting", 5), 3);
    assert_int_equal(text_distance("", "abc", 5), 3);
    assert_int_equal(text_distance("abcdef", "uvwxyz", 4), 4);
}

static void nearest_is_what_was_probably_meant(void **state)
{
    (void)state;
    const char *const candidates[] = {"usageDate", "usageMonth", "userName", "all"};
    assert_string_equal(text_nearest("usageDtae", candidates, 4), "usageDate");
    assert_string_equal(text_nearest("USAGE_MONTH", candidates, 4), "usageMonth");
    assert_string_equal(text_nearest("al", candidates, 4), "all");
    assert_null(text_nearest("color", candidates, 4));
    const char *names[] = {"usageDate", "usageMonth", "tokenPool", "tokensConsumed", "usageHours"};
    assert_string_equal(text_nearest("tokens", names, 5), "tokensConsumed");
    assert_string_equal(text_nearest("Consumed", names, 5), "tokensConsumed");
    assert_null(text_nearest("usage", names, 5));
    assert_null(text_nearest("tok", names, 5));
    assert_null(text_nearest("usageDate", candidates, 0));
}

static void utf8_is_told_from_other_bytes(void **state)
{
    (void)state;
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("\xE5\x9C\xB0\xE7\x90\x86", 6));
    assert_true(text_is_utf8("\xF0\x9F\x98\x80", 4));
    assert_true(text_is_utf8("\xF4\x8F\xBF\xBF", 4));
    assert_false(text_is_utf8("Geb\xFChren", 8));
    assert_false(text_is_utf8("\xC3", 1));
    assert_false(text_is_utf8("\xC0\xAF", 2));
    assert_false(text_is_utf8("\xE0\x80\xAF", 3));
    assert_false(text_is_utf8("\xED\xA0\x80", 3));
    assert_false(text_is_utf8("\xF4\x90\x80\x80", 4));
    assert_false(text_is_utf8("\x80", 1));
}

static void a_character_cut_in_its_middle_is_dropped(void **state)
{
    (void)state;
    char cut[] = "caf\xC3";
    text_trim_broken_utf8(cut);
    assert_string_equal(cut, "caf");
    char deep[] = "x\xF0\x9F\x98";
    text_trim_broken_utf8(deep);
    assert_string_equal(deep, "x");
    char whole[] = "caf\xC3\xA9";
    text_trim_broken_utf8(whole);
    assert_string_equal(whole, "caf\xC3\xA9");
}

static void only_plain_decimals_are_numbers(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_true(text_to_uint("0", 100, &value));
    assert_int_equal(value, 0);
    assert_true(text_to_uint("007", 100, &value));
    assert_int_equal(value, 7);
    assert_true(text_to_uint("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    value = 7;
    assert_false(text_to_uint("18446744073709551616", UINT64_MAX, &value));
    assert_false(text_to_uint("101", 100, &value));
    assert_false(text_to_uint("", 100, &value));
    assert_false(text_to_uint("-1", 100, &value));
    assert_false(text_to_uint("+1", 100, &value));
    assert_false(text_to_uint(" 1", 100, &value));
    assert_false(text_to_uint("1 ", 100, &value));
    assert_false(text_to_uint("0x1", 100, &value));
    assert_int_equal(value, 7);
}

static const char *excerpt(const char *text, char *out, size_t size)
{
    return text_excerpt(text, strlen(text), out, size);
}

static void an_excerpt_is_cut_between_characters(void **state)
{
    (void)state;
    char out[10];
    assert_string_equal(excerpt("short", out, sizeof out), "short");
    assert_string_equal(excerpt("nine char", out, sizeof out), "nine char");
    assert_string_equal(excerpt("ten chars!", out, sizeof out), "ten ch\u2026");
    assert_string_equal(excerpt("abcde\u00e9xyz", out, sizeof out), "abcde\u2026");
    assert_string_equal(excerpt("\u5730\u7406\u5730\u7406", out, sizeof out), "\u5730\u7406\u2026");
    assert_string_equal(text_excerpt("only the beginning", 4, out, sizeof out), "only");
}

static void an_excerpt_has_nothing_that_a_terminal_acts_on(void **state)
{
    (void)state;
    char out[64];
    assert_string_equal(excerpt("plain \u00e9 \u5730 \xF0\x9F\x92\xB0", out, sizeof out),
                        "plain \u00e9 \u5730 \xF0\x9F\x92\xB0");
    assert_string_equal(excerpt("a\nb\tc\r\x1b[31m\x7f", out, sizeof out), "a?b?c??[31m?");
    assert_string_equal(excerpt("\xC2\x85\xC2\x9B\u2028\u2029", out, sizeof out), "????");
    assert_string_equal(excerpt("\u202eturned\u2069\u200f", out, sizeof out), "?turned??");
    assert_string_equal(excerpt("\ufeff\uffff", out, sizeof out), "??");
    assert_string_equal(excerpt("\xff\xc3", out, sizeof out), "??");
    assert_string_equal(text_excerpt("a\0b", 3, out, sizeof out), "a?b");
}

static void an_excerpt_hides_a_secret_before_it_is_cut(void **state)
{
    (void)state;
    char out[16];
    secret_remember("token-of-24-characters-x");
    assert_string_equal(excerpt("Bearer token-of-24-characters-x", out, sizeof out), "Bearer ***");
    assert_string_equal(excerpt("a token-of-24-characters-x and", out, sizeof out), "a *** and");
    assert_string_equal(excerpt("a longer text and token-of-24-characters-x", out, sizeof out),
                        "a longer tex\u2026");
}

static void a_text_is_made_safe_in_place(void **state)
{
    (void)state;
    char text[] = "a\x1b[2Jb token-of-24-characters-x \xC3";
    secret_remember("token-of-24-characters-x");
    text_make_safe(text);
    assert_string_equal(text, "a?[2Jb *** ?");
    text_make_safe(text);
    assert_string_equal(text, "a?[2Jb *** ?");
}

static void a_list_is_searched_to_the_letter(void **state)
{
    (void)state;
    const char *items[] = {"usageDate", "userName"};
    const struct text_list list = {items, 2};
    assert_true(text_list_has(&list, "userName"));
    assert_false(text_list_has(&list, "username"));
    assert_false(text_list_has(&(struct text_list){0}, "userName"));
}

static void a_prefix_is_recognised(void **state)
{
    (void)state;
    assert_true(text_starts_with("https://host", "https://"));
    assert_false(text_starts_with("http", "https://"));
}

static void a_line_is_found_as_a_whole(void **state)
{
    (void)state;
    assert_true(text_has_line("a\nbc\nd", "a"));
    assert_true(text_has_line("a\nbc\nd", "bc\nanother"));
    assert_true(text_has_line("a\nbc\nd", "d"));
    assert_false(text_has_line("a\nbc\nd", "b"));
    assert_false(text_has_line("a\nbc\nd", "c"));
    assert_false(text_has_line("a\nbc\nd", "bcd"));
    assert_false(text_has_line("", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_as_a_whole),
        cmocka_unit_test(snake_case_follows_the_api_names),
        cmocka_unit_test(snake_case_makes_an_identifier_of_anything),
        cmocka_unit_test(snake_case_keeps_letters_of_any_script),
        cmocka_unit_test(snake_case_ends_with_a_whole_character),
        cmocka_unit_test(snake_case_says_when_the_name_does_not_fit),
        cmocka_unit_test(same_name_ignores_case_and_separators),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(nearest_is_what_was_probably_meant),
        cmocka_unit_test(utf8_is_told_from_other_bytes),
        cmocka_unit_test(a_character_cut_in_its_middle_is_dropped),
        cmocka_unit_test(only_plain_decimals_are_numbers),
        cmocka_unit_test(an_excerpt_is_cut_between_characters),
        cmocka_unit_test(an_excerpt_has_nothing_that_a_terminal_acts_on),
        cmocka_unit_test(an_excerpt_hides_a_secret_before_it_is_cut),
        cmocka_unit_test(a_text_is_made_safe_in_place),
        cmocka_unit_test(a_list_is_searched_to_the_letter),
        cmocka_unit_test(a_prefix_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
