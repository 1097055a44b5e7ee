#include "cli/prose.h"
#include "unit/cli/cli.h"

static void assert_put(const char *text, size_t indent, const char *expected)
{
    SCOPED(buf) struct buf out = text_make();
    prose_put(text, indent, &out);
    assert_string_equal(buf_text(&out), expected);
}

static void a_paragraph_is_broken_at_80_columns(void **state)
{
    (void)state;
    assert_put("A line of the source that is much longer than what a terminal shows in one line, so that\nit "
               "is broken.",
               0,
               "A line of the source that is much longer than what a terminal shows in one line,\n"
               "so that it is broken.\n");
}

static void a_line_of_80_columns_is_one_line(void **state)
{
    (void)state;
    const char *line = "2345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 123456 89\n";
    assert_put(line, 0, line);
}

static void a_character_counts_once_whatever_its_bytes(void **state)
{
    (void)state;
    const char *line = "………………… ………………… ………………… ………………… ………………… ………………… ………………… ………………… ………………… …………………\n";
    assert_int_equal(prose_columns(line, strlen(line)), 10 * 7 + 9 + 1);
    assert_put(line, 0, line);
}

static void an_empty_line_ends_a_paragraph(void **state)
{
    (void)state;
    assert_put("One\ntwo.\n\n\nThree.", 2, "  One two.\n\n  Three.\n");
}

static void explanations_stand_below_each_other(void **state)
{
    (void)state;
    assert_put("login   has somebody\n        log in\nout  ends it\n", 1,
               " login  has somebody log in\n"
               " out    ends it\n");
}

static void two_blanks_within_a_line_explain_nothing(void **state)
{
    (void)state;
    assert_put("FILE:LINE: error: …  No network.\n", 0, "FILE:LINE: error: … No network.\n");
}

static void literal_lines_stand_as_they_are(void **state)
{
    (void)state;
    assert_put("So:\n\n    a:\n      - b   # c\n\n    d\n\nThen.", 0,
               "So:\n\n    a:\n      - b   # c\n\n    d\n\nThen.\n");
}

static void a_hanging_text_goes_on_at_its_indent(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = text_make();
    prose_put_hanging("1234567890 1234567890", 65, 30, &out);
    assert_string_equal(buf_text(&out), "1234567890\n                              1234567890\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paragraph_is_broken_at_80_columns),
        cmocka_unit_test(a_line_of_80_columns_is_one_line),
        cmocka_unit_test(a_character_counts_once_whatever_its_bytes),
        cmocka_unit_test(an_empty_line_ends_a_paragraph),
        cmocka_unit_test(explanations_stand_below_each_other),
        cmocka_unit_test(two_blanks_within_a_line_explain_nothing),
        cmocka_unit_test(literal_lines_stand_as_they_are),
        cmocka_unit_test(a_hanging_text_goes_on_at_its_indent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
