#include "base/macros.h"
#include "load/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct cell text(const char *letters)
{
    return (struct cell){.kind = CELL_TEXT, .bytes = letters, .length = strlen(letters)};
}

static struct cell number(const char *digits)
{
    return (struct cell){.kind = CELL_NUMBER, .bytes = digits, .length = strlen(digits)};
}

static void expect_read(struct cell cell, enum column_type type, const char *expected)
{
    struct value value;
    const char *problem = "";
    if (!value_read(&cell, type, &value, &problem))
        fail_msg("`%.*s` as %s: %s", (int)cell.length, cell.bytes, column_type_name(type), problem);
    assert_false(value.is_null);
    if (value.length != strlen(expected) || memcmp(value.bytes, expected, value.length) != 0)
        fail_msg("`%.*s` as %s is `%.*s`, not `%s`", (int)cell.length, cell.bytes, column_type_name(type),
                 (int)value.length, value.bytes, expected);
}

static void expect_null(struct cell cell, enum column_type type)
{
    struct value value;
    const char *problem = "";
    assert_true(value_read(&cell, type, &value, &problem));
    assert_true(value.is_null);
}

static void expect_refused(struct cell cell, enum column_type type, const char *expected)
{
    struct value value;
    const char *problem = "";
    if (value_read(&cell, type, &value, &problem))
        fail_msg("`%.*s` as %s was accepted", (int)cell.length, cell.bytes, column_type_name(type));
    assert_string_equal(problem, expected);
}

static const enum column_type every_type[] = {COLUMN_BOOLEAN, COLUMN_INTEGER,   COLUMN_NUMERIC,
                                              COLUMN_DATE,    COLUMN_TIMESTAMP, COLUMN_TEXT};

static void null_and_empty_text_are_null_in_every_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(every_type); i++) {
        expect_null((struct cell){.kind = CELL_NULL}, every_type[i]);
        expect_null(text(""), every_type[i]);
    }
}

static void every_kind_of_cell_fits_its_types_alone(void **state)
{
    (void)state;
    const struct {
        struct cell cell;
        const char *as[6]; /* by type; NULL: refused */
    } cases[] = {
        /* boolean, integer, numeric, date, timestamp, text */
        {{.kind = CELL_TRUE}, {"true", NULL, NULL, NULL, NULL, "true"}},
        {{.kind = CELL_FALSE}, {"false", NULL, NULL, NULL, NULL, "false"}},
        {number("60"), {NULL, "60", "60", NULL, NULL, "60"}},
        {number("60.0"), {NULL, "60", "60.0", NULL, NULL, "60.0"}},
        {number("60.5"), {NULL, NULL, "60.5", NULL, NULL, "60.5"}},
        {number("0"), {NULL, "0", "0", NULL, NULL, "0"}},
        {number("1"), {NULL, "1", "1", NULL, NULL, "1"}},
        {number("20181122"), {NULL, "20181122", "20181122", NULL, NULL, "20181122"}},
        {text("60"), {NULL, "60", "60", NULL, NULL, "60"}},
        {text("60.0"), {NULL, "60", "60.0", NULL, NULL, "60.0"}},
        {text("true"), {"true", NULL, NULL, NULL, NULL, "true"}},
        {text("FALSE"), {"false", NULL, NULL, NULL, NULL, "FALSE"}},
        {text("2026-11-22"), {NULL, NULL, NULL, "2026-11-22", "2026-11-22", "2026-11-22"}},
        {text("2026-11-22T00:00:00"),
         {NULL, NULL, NULL, "2026-11-22", "2026-11-22T00:00:00", "2026-11-22T00:00:00"}},
        {text("2026-11-22T03:04:05"), {NULL, NULL, NULL, NULL, "2026-11-22T03:04:05", "2026-11-22T03:04:05"}},
        {text("AutoCAD"), {NULL, NULL, NULL, NULL, NULL, "AutoCAD"}},
        {text(" "), {NULL, NULL, NULL, NULL, NULL, " "}},
        {text("\\N"), {NULL, NULL, NULL, NULL, NULL, "\\N"}},
        {text("null"), {NULL, NULL, NULL, NULL, NULL, "null"}},
    };
    static const char *const problems[] = {
        [COLUMN_BOOLEAN] = "is neither true nor false",
        [COLUMN_INTEGER] = "is not a number",
        [COLUMN_NUMERIC] = "is not a number",
        [COLUMN_DATE] = "is not a date such as 2026-11-22",
        [COLUMN_TIMESTAMP] = "is not a time such as 2026-11-22T03:04:05",
        [COLUMN_TEXT] = "",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t type = 0; type < COUNT_OF(every_type); type++) {
            if (cases[i].as[type])
                expect_read(cases[i].cell, every_type[type], cases[i].as[type]);
            else if (every_type[type] == COLUMN_INTEGER && cases[i].as[COLUMN_NUMERIC])
                expect_refused(cases[i].cell, every_type[type], "is not a whole number");
            else
                expect_refused(cases[i].cell, every_type[type], problems[type]);
        }
    }
}

static void expect_number(struct cell cell, enum column_type type, int64_t expected)
{
    struct value value;
    const char *problem;
    assert_true(value_read(&cell, type, &value, &problem));
    assert_int_equal(value.number, expected);
}

static void what_is_not_text_or_numeric_comes_as_a_number(void **state)
{
    (void)state;
    expect_number(text("TRUE"), COLUMN_BOOLEAN, 1);
    expect_number(text("false"), COLUMN_BOOLEAN, 0);
    expect_number(text("-60.0"), COLUMN_INTEGER, -60);
    expect_number(text("1.2E7"), COLUMN_INTEGER, 12000000);
    expect_number(text("9223372036854775807"), COLUMN_INTEGER, INT64_MAX);
    expect_number(text("-9223372036854775808"), COLUMN_INTEGER, INT64_MIN);
    expect_number(text("1970-01-03"), COLUMN_DATE, 2);
    expect_number(text("2018-03-01 00:00:00.000"), COLUMN_DATE, 17591);
    expect_number(text("1970-01-01T00:00:01.5"), COLUMN_TIMESTAMP, 1500000);
    expect_number(text("1970-01-02"), COLUMN_TIMESTAMP, 86400000000);
}

/* None of these survives a double. */
static void a_numeric_keeps_the_digits_of_the_service(void **state)
{
    (void)state;
    const char *const numbers[] = {
        "0.1",
        "60.00",
        "-0",
        "9007199254740993",
        "0.1000000000000000055511151231257827",
        "123456789012345678901234567890.123456789",
        "1e2",
        "1.5E-7",
        "-1E+30",
        "1e400",
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        expect_read(number(numbers[i]), COLUMN_NUMERIC, numbers[i]);
        expect_read(text(numbers[i]), COLUMN_NUMERIC, numbers[i]);
    }
}

static void a_number_past_all_use_is_refused(void **state)
{
    (void)state;
    const char *problem = "is a number of more digits than can be stored";
    expect_refused(number("1e999999"), COLUMN_NUMERIC, problem);
    expect_refused(number("1e-999999"), COLUMN_NUMERIC, problem);
    expect_refused(number("1e99999999999999999999"), COLUMN_NUMERIC, problem);
}

static void text_may_write_a_number_in_any_way_that_has_one_reading(void **state)
{
    (void)state;
    expect_read(text("+5"), COLUMN_NUMERIC, "5");
    expect_read(text(".5"), COLUMN_NUMERIC, ".5");
    expect_read(text("-.5"), COLUMN_NUMERIC, "-.5");
    expect_read(text(" 5"), COLUMN_NUMERIC, "5");
    expect_read(text("5\t"), COLUMN_NUMERIC, "5");
    expect_read(text(" +5.50 "), COLUMN_NUMERIC, "5.50");
    expect_read(text("5."), COLUMN_NUMERIC, "5");
    expect_read(text("007.10"), COLUMN_NUMERIC, "007.10");
    expect_read(text("1e3"), COLUMN_NUMERIC, "1e3");
    expect_read(text("+1E+3"), COLUMN_NUMERIC, "1E+3");
    expect_number(text("+5"), COLUMN_INTEGER, 5);
    expect_number(text(" -5 "), COLUMN_INTEGER, -5);
    expect_number(text("5."), COLUMN_INTEGER, 5);
    expect_number(text("007"), COLUMN_INTEGER, 7);
    expect_number(text("1e3"), COLUMN_INTEGER, 1000);
    expect_number(text(".0"), COLUMN_INTEGER, 0);
    expect_number(text("5.e1"), COLUMN_INTEGER, 50);
    expect_refused(text(".5"), COLUMN_INTEGER, "is not a whole number");
}

static void a_comma_in_a_number_is_not_guessed_at(void **state)
{
    (void)state;
    const char *const texts[] = {"1,5", "1,000", "1.234,5", "6,0"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        expect_refused(text(texts[i]), COLUMN_NUMERIC,
                       "is not a number: its comma may separate decimals or thousands");
        expect_refused(text(texts[i]), COLUMN_INTEGER,
                       "is not a number: its comma may separate decimals or thousands");
    }
}

/* A code is no number because it looks like one. */
static void what_is_read_off_values_are_plain_numbers(void **state)
{
    (void)state;
    enum column_type type;
    const struct cell cells[] = {text("+5"), text("007"), text(" 5")};
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        assert_true(value_infer(&cells[i], &type));
        assert_int_equal(type, COLUMN_TEXT);
    }
}

static void text_that_is_nearly_a_number_is_none(void **state)
{
    (void)state;
    const char *const texts[] = {"6 0",   "0x10", "NaN",   "inf",      "-",  "+",        ".",
                                 "-.",    "+-6",  "- 6",   "Infinity", "1e", "--1",      "6.e",
                                 "1_000", " ",    "1 000", "5%",       "e5", "\xC2\xB2", "\xC2\xA0+6"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        expect_refused(text(texts[i]), COLUMN_NUMERIC, "is not a number");
        expect_refused(text(texts[i]), COLUMN_INTEGER, "is not a number");
    }
}

static void an_integer_is_exact_to_its_borders(void **state)
{
    (void)state;
    expect_read(number("9223372036854775807"), COLUMN_INTEGER, "9223372036854775807");
    expect_read(number("-9223372036854775808"), COLUMN_INTEGER, "-9223372036854775808");
    expect_read(number("9223372036854775807.0"), COLUMN_INTEGER, "9223372036854775807");
    expect_read(number("9007199254740993"), COLUMN_INTEGER, "9007199254740993");
    expect_read(number("-0"), COLUMN_INTEGER, "-0");
}

static void an_integer_past_its_borders_is_refused(void **state)
{
    (void)state;
    const char *problem = "is a whole number of more than 64 bits";
    expect_refused(number("9223372036854775808"), COLUMN_INTEGER, problem);
    expect_refused(number("-9223372036854775809"), COLUMN_INTEGER, problem);
    expect_refused(number("9223372036854775808.0"), COLUMN_INTEGER, problem);
    expect_refused(number("10000000000000000000"), COLUMN_INTEGER, problem);
    expect_refused(number("1e19"), COLUMN_INTEGER, problem);
    expect_refused(number("1e999999"), COLUMN_INTEGER, problem);
}

static void a_whole_number_may_have_zeros_behind_its_point(void **state)
{
    (void)state;
    expect_read(number("60.0"), COLUMN_INTEGER, "60");
    expect_read(number("60.000"), COLUMN_INTEGER, "60");
    expect_read(number("-60.0"), COLUMN_INTEGER, "-60");
    expect_read(number("0.0"), COLUMN_INTEGER, "0");
}

/* As Java writes a double of ten million and more. */
static void a_whole_number_may_have_an_exponent(void **state)
{
    (void)state;
    expect_read(number("1.0E7"), COLUMN_INTEGER, "10000000");
    expect_read(number("1.2345678E7"), COLUMN_INTEGER, "12345678");
    expect_read(number("1e2"), COLUMN_INTEGER, "100");
    expect_read(number("-5E+3"), COLUMN_INTEGER, "-5000");
    expect_read(number("500e-2"), COLUMN_INTEGER, "5");
    expect_read(number("0e0"), COLUMN_INTEGER, "0");
    expect_read(number("9.223372036854775807e18"), COLUMN_INTEGER, "9223372036854775807");
    expect_read(text("1.0E7"), COLUMN_INTEGER, "10000000");
}

static void what_has_a_fraction_is_no_whole_number(void **state)
{
    (void)state;
    expect_refused(number("60.5"), COLUMN_INTEGER, "is not a whole number");
    expect_refused(number("60.05"), COLUMN_INTEGER, "is not a whole number");
    expect_refused(number("0.0000000000000000000001"), COLUMN_INTEGER, "is not a whole number");
    expect_refused(number("1e-1"), COLUMN_INTEGER, "is not a whole number");
    expect_refused(number("1.25e1"), COLUMN_INTEGER, "is not a whole number");
}

static void a_date_is_a_day_of_the_calendar(void **state)
{
    (void)state;
    expect_read(text("2024-02-29"), COLUMN_DATE, "2024-02-29");
    expect_read(text("2000-02-29"), COLUMN_DATE, "2000-02-29");
    expect_read(text("2026-12-31"), COLUMN_DATE, "2026-12-31");
    expect_read(text("0001-01-01"), COLUMN_DATE, "0001-01-01");
}

static void a_day_that_is_not_in_the_calendar_is_no_date(void **state)
{
    (void)state;
    const char *const texts[] = {"2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01",
                                 "2026-13-01", "2026-01-00", "2026-01-32", "0000-01-01"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        expect_refused(text(texts[i]), COLUMN_DATE, "is not a date such as 2026-11-22");
        expect_refused(text(texts[i]), COLUMN_TIMESTAMP, "is not a time such as 2026-11-22T03:04:05");
    }
}

static void a_date_is_written_in_one_way(void **state)
{
    (void)state;
    const char *const texts[] = {"2026-1-1",    "26-01-01",    "01/02/2026", "2026/01/02", "20260102",
                                 "2026-01-02 ", " 2026-01-02", "2026-W01-1", "2026-01",    "today",
                                 "-026-01-02",  "+026-01-02",  "2026-01-0a", "infinity"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_refused(text(texts[i]), COLUMN_DATE, "is not a date such as 2026-11-22");
}

static void a_date_may_carry_a_time_of_midnight(void **state)
{
    (void)state;
    expect_read(text("2026-11-22T00:00:00"), COLUMN_DATE, "2026-11-22");
    expect_read(text("2026-11-22 00:00:00"), COLUMN_DATE, "2026-11-22");
    expect_read(text("2026-11-22T00:00:00.0"), COLUMN_DATE, "2026-11-22");
    expect_read(text("2026-11-22T00:00:00.000000"), COLUMN_DATE, "2026-11-22");
}

static void a_date_with_another_time_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {
        "2026-11-22T00:00:01",        "2026-11-22T24:00:00", "2026-11-22T00:00",
        "2026-11-22T00:00:00.000001", "2026-11-22T",         "2026-11-22x00:00:00",
        "2026-11-22T00:00:00.",       "2026-02-30T00:00:00", "2026-11-22T00:00:00+01:00"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_refused(text(texts[i]), COLUMN_DATE, "is not a date such as 2026-11-22");
}

static void a_timestamp_is_as_the_service_writes_it(void **state)
{
    (void)state;
    const char *const texts[] = {
        "2018-03-01T16:24:53",   "2018-03-01 16:24:53",        "2018-03-01",
        "2018-03-01T16:24:53.5", "2018-03-01T16:24:53.123456", "2024-02-29T23:59:59"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_read(text(texts[i]), COLUMN_TIMESTAMP, texts[i]);
}

static void utc_says_no_more_than_its_absence(void **state)
{
    (void)state;
    enum column_type type;
    struct cell midnight = text("2026-11-22T00:00:00Z");
    expect_read(text("2018-03-01T16:24:53Z"), COLUMN_TIMESTAMP, "2018-03-01T16:24:53");
    expect_read(text("2018-03-01T16:24:53+00:00"), COLUMN_TIMESTAMP, "2018-03-01T16:24:53");
    expect_read(text("2018-03-01 16:24:53.25+00:00"), COLUMN_TIMESTAMP, "2018-03-01 16:24:53.25");
    expect_read(text("2018-03-01T16:24:53.5Z"), COLUMN_TIMESTAMP, "2018-03-01T16:24:53.5");
    expect_read(midnight, COLUMN_DATE, "2026-11-22");
    struct cell with_offset = text("2026-11-22T00:00:00.000+00:00");
    expect_read(with_offset, COLUMN_DATE, "2026-11-22");
    expect_refused(text("2026-11-22T00:00:00+01:00"), COLUMN_DATE, "is not a date such as 2026-11-22");
    expect_refused(text("2026-11-22T00:00:01+00:00"), COLUMN_DATE, "is not a date such as 2026-11-22");
    expect_refused(text("2026-11-22+00:00"), COLUMN_DATE, "is not a date such as 2026-11-22");
    expect_refused(text("2026-11-22T00:00:01Z"), COLUMN_DATE, "is not a date such as 2026-11-22");
    expect_refused(text("2026-11-22Z"), COLUMN_DATE, "is not a date such as 2026-11-22");
    /* Of a name that nobody knows, it stays the text that it is. */
    assert_true(value_infer(&midnight, &type));
    assert_int_equal(type, COLUMN_TEXT);
}

static void a_time_that_is_none_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {
        "2018-03-01T24:00:00",       "2018-03-01T16:60:00",      "2018-03-01T16:24:60",
        "2018-03-01T16:24",          "2018-03-01T16:24:53.",     "2018-03-01T16:24:53.1234567",
        "2018-03-01T16:24:53+01:00", "2018-03-01t16:24:53",      "2018-03-01T1:24:53",
        "2018-03-01T16:24:53 PM",    "2018-02-29T16:24:53",      "16:24:53",
        "2018-03-01T16-24-53",       "2018-03-01T16:24:53.12 3", "now",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_refused(text(texts[i]), COLUMN_TIMESTAMP, "is not a time such as 2026-11-22T03:04:05");
}

static void only_true_and_false_are_boolean(void **state)
{
    (void)state;
    expect_read(text("True"), COLUMN_BOOLEAN, "true");
    expect_read(text("false"), COLUMN_BOOLEAN, "false");
    expect_refused(text("t"), COLUMN_BOOLEAN, "is neither true nor false");
    expect_refused(text("yes"), COLUMN_BOOLEAN, "is neither true nor false");
    expect_refused(text("truer"), COLUMN_BOOLEAN, "is neither true nor false");
    expect_refused(number("1"), COLUMN_BOOLEAN, "is neither true nor false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_and_empty_text_are_null_in_every_type),
        cmocka_unit_test(every_kind_of_cell_fits_its_types_alone),
        cmocka_unit_test(what_is_not_text_or_numeric_comes_as_a_number),
        cmocka_unit_test(a_numeric_keeps_the_digits_of_the_service),
        cmocka_unit_test(a_number_past_all_use_is_refused),
        cmocka_unit_test(text_may_write_a_number_in_any_way_that_has_one_reading),
        cmocka_unit_test(a_comma_in_a_number_is_not_guessed_at),
        cmocka_unit_test(what_is_read_off_values_are_plain_numbers),
        cmocka_unit_test(text_that_is_nearly_a_number_is_none),
        cmocka_unit_test(an_integer_is_exact_to_its_borders),
        cmocka_unit_test(an_integer_past_its_borders_is_refused),
        cmocka_unit_test(a_whole_number_may_have_zeros_behind_its_point),
        cmocka_unit_test(a_whole_number_may_have_an_exponent),
        cmocka_unit_test(what_has_a_fraction_is_no_whole_number),
        cmocka_unit_test(a_date_is_a_day_of_the_calendar),
        cmocka_unit_test(a_day_that_is_not_in_the_calendar_is_no_date),
        cmocka_unit_test(a_date_is_written_in_one_way),
        cmocka_unit_test(a_date_may_carry_a_time_of_midnight),
        cmocka_unit_test(a_date_with_another_time_is_refused),
        cmocka_unit_test(a_timestamp_is_as_the_service_writes_it),
        cmocka_unit_test(utc_says_no_more_than_its_absence),
        cmocka_unit_test(a_time_that_is_none_is_refused),
        cmocka_unit_test(only_true_and_false_are_boolean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
