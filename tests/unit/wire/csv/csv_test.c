/* wire/csv: what is a record, and what is refused. */
#include "unit/wire/csv/csv_reading.h"

#include <stdio.h>

static void expect_bytes(const char *csv, size_t length, const char *expected)
{
    SCOPED(reading) struct reading reading = begin(LARGE);
    feed(&reading, csv, length);
    end(&reading);
    assert_string_equal(buf_text(&reading.out), expected);
}

static void expect(const char *csv, const char *expected)
{
    expect_bytes(csv, strlen(csv), expected);
}

static void commas_part_values_and_line_feeds_part_records(void **state)
{
    (void)state;
    expect("usageDate,tokensConsumed\n2024-01-31,12.50\n2024-02-01,0\n", "1: [usageDate] [tokensConsumed]\n"
                                                                         "2: [2024-01-31] [12.50]\n"
                                                                         "3: [2024-02-01] [0]\n"
                                                                         "end\n");
}

static void a_file_without_a_byte_has_no_record_and_no_line_end(void **state)
{
    (void)state;
    expect("", "end without line end\n");
}

static void an_empty_value_is_null_quoted_or_not(void **state)
{
    (void)state;
    expect("a,b,c\n,,\n\"\",x,\"\"\n\"\"\n", "1: [a] [b] [c]\n"
                                             "2: null null null\n"
                                             "3: null [x] null\n"
                                             "4: null\n"
                                             "end\n");
}

static void a_missing_last_line_end_is_told(void **state)
{
    (void)state;
    expect("a,b\n1,2", "1: [a] [b]\n2: [1] [2]\nend without line end\n");
    expect("a,b\n1,", "1: [a] [b]\n2: [1] null\nend without line end\n");
    expect("a,b\n1,\"2\"", "1: [a] [b]\n2: [1] [2]\nend without line end\n");
    expect("a\n\"\"", "1: [a]\n2: null\nend without line end\n");
}

static void half_a_line_end_at_the_end_is_none(void **state)
{
    (void)state;
    expect("a,b\r\n1,2\r", "1: [a] [b]\n2: [1] [2]\nend without line end\n");
    expect("a,b\r\n\r", "1: [a] [b]\nend without line end\n");
    expect("a\r\n\r\n\r", "1: [a]\n2: null\nend without line end\n");
}

static void line_feeds_with_and_without_carriage_return_mix(void **state)
{
    (void)state;
    expect("a,b\r\n1,\"2\"\n3,4\r\n5,\"6\"\r\n", "1: [a] [b]\n"
                                                 "2: [1] [2]\n"
                                                 "3: [3] [4]\n"
                                                 "4: [5] [6]\n"
                                                 "end\n");
}

static void a_byte_order_mark_is_skipped_at_the_start_alone(void **state)
{
    (void)state;
    expect("\xEF\xBB\xBF"
           "a,b\n\xEF\xBB\xBFx,1\n",
           "1: [a] [b]\n2: [\xEF\xBB\xBFx] [1]\nend\n");
    expect("\xEF\xBB\xBF\"a\",\"b\"\n", "1: [a] [b]\nend\n");
    expect("\xEF\xBB\xBF\xEF\xBB\xBF"
           "a\n",
           "1: [\xEF\xBB\xBF"
           "a]\nend\n");
    expect("\xEF\xBB\xBF", "end without line end\n");
    expect("\xEF\xBB\xBF\n", "end\n");
}

static void what_begins_like_a_byte_order_mark_is_text(void **state)
{
    (void)state;
    expect("\xEF\xBB\xBE,b\n", "1: [\xEF\xBB\xBE] [b]\nend\n");
    expect("\xEF\xBC\xA1\n", "1: [\xEF\xBC\xA1]\nend\n");
    expect("\xEF\xBC\xA1", "1: [\xEF\xBC\xA1]\nend without line end\n");
    expect("\xEF\xBB", "error: record 1: line 1, byte 1: bytes that are not UTF-8\n");
}

static void quoted_values_hold_commas_line_ends_and_quotes(void **state)
{
    (void)state;
    expect("\"a,b\",\"c\nd\",\"e\r\nf\rg\"\n", "1: [a,b] [c\nd] [e\r\nf\rg]\nend\n");
    expect("\"\"\"\",\"say \"\"hi\"\"\",\"\"\"\"\"\"\n", "1: [\"] [say \"hi\"] [\"\"]\nend\n");
    expect("plain,\"a\"\"b\",plain,\"\",\"c\"\n", "1: [plain] [a\"b] [plain] null [c]\nend\n");
}

static void blanks_around_values_stay(void **state)
{
    (void)state;
    expect(" a ,\tb\t, \n\" c \",\" \"\n", "1: [ a ] [\tb\t] [ ]\n2: [ c ] [ ]\nend\n");
}

static void control_characters_stay(void **state)
{
    (void)state;
    for (char control = 1; control < 0x20; control++) {
        char csv[] = "a_b,\"c_d\"\n";
        char expected[] = "1: [a_b] [c_d]\nend\n";
        if (control != '\n' && control != '\r')
            csv[1] = expected[5] = control;
        csv[6] = expected[11] = control;
        expect(csv, expected);
    }
    expect("a\x7F"
           "b,\"\x7F\"\n",
           "1: [a\x7F"
           "b] [\x7F]\nend\n");
}

static void text_of_any_script_stays(void **state)
{
    (void)state;
    expect("Caf\303\251,\345\234\260\347\220\206,\"\360\237\230\200\",x\n",
           "1: [Caf\303\251] [\345\234\260\347\220\206] [\360\237\230\200] [x]\nend\n");
}

static void records_know_the_line_they_begin_in(void **state)
{
    (void)state;
    expect("a,b\n\"1\n2\r\n3\",x\r\n4,\"\n\n\"\n5,6\n", "1: [a] [b]\n"
                                                        "2: [1\n2\r\n3] [x]\n"
                                                        "5: [4] [\n\n]\n"
                                                        "8: [5] [6]\n"
                                                        "end\n");
}

static void an_empty_line_is_one_null_value_but_at_the_end(void **state)
{
    (void)state;
    expect("a\n\nx\n", "1: [a]\n2: null\n3: [x]\nend\n");
    expect("a\r\n\r\nx\r\n", "1: [a]\n2: null\n3: [x]\nend\n");
    expect("\na\n", "1: null\n2: [a]\nend\n");
    expect("a\n\n", "1: [a]\nend\n");
    expect("a\r\n\r\n", "1: [a]\nend\n");
    expect("a\n\n\n\n", "1: [a]\n2: null\n3: null\nend\n");
    expect("a\n\nx", "1: [a]\n2: null\n3: [x]\nend without line end\n");
    expect("\n", "end\n");
}

static void a_quote_inside_an_unquoted_value_is_refused(void **state)
{
    (void)state;
    expect("a,b\n1,6\" pipe\n", "1: [a] [b]\n"
                                "error: record 2: line 2, byte 4: a quote inside a value that does not begin "
                                "with one\n");
    expect("a, \"b\"\n",
           "error: record 1: line 1, byte 4: a quote inside a value that does not begin with one\n");
}

static void anything_else_behind_a_closing_quote_is_refused(void **state)
{
    (void)state;
    expect("a\n\"x\"y\n",
           "1: [a]\n"
           "error: record 2: line 2, byte 4: `y` behind a closing quote, where a comma or a line "
           "end was expected\n");
    expect("\"x\ny\" ,z\n",
           "error: record 1: line 2, byte 3: ` ` behind a closing quote, where a comma or a line "
           "end was expected\n");
    expect("\"x\"\xC3\xA9\n",
           "error: record 1: line 1, byte 4: 0xC3 behind a closing quote, where a comma or a "
           "line end was expected\n");
}

static void a_carriage_return_alone_is_refused(void **state)
{
    (void)state;
    expect("a,b\n1\r2,3\n",
           "1: [a] [b]\n"
           "error: record 2: line 2, byte 2: a carriage return that is neither quoted nor followed "
           "by a line feed\n");
    expect("a\r\r\n",
           "error: record 1: line 1, byte 2: a carriage return that is neither quoted nor followed "
           "by a line feed\n");
    expect("\xEF\xBB\xBF\"a\"\r1\n", "error: record 1: line 1, byte 4: a carriage return that is neither "
                                     "quoted nor followed by a line feed\n");
}

static void a_quote_that_is_never_closed_is_refused(void **state)
{
    (void)state;
    expect("a,b\n1,\"x\ny\n", "1: [a] [b]\n"
                              "error: record 2: the file ends inside a quoted value that began in line 2\n");
    expect("\"x\ny\",\"", "error: record 1: the file ends inside a quoted value that began in line 2\n");
    expect("\"x\"\"", "error: record 1: the file ends inside a quoted value that began in line 1\n");
}

static void a_file_cut_inside_quotes_has_no_last_line_end(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin(LARGE);
    feed(&reading, "a\n\"x\n", 5);
    end(&reading);
    assert_int_equal(reading.state, CSV_FAILED);
    assert_false(csv_ended_with_line_end(reading.reader));
}

static void bytes_that_are_no_utf8_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "\xFF",             /* no byte of UTF-8 */
        "\x80",             /* the rest of a character */
        "\xC3",             /* cut */
        "\xE5\x9C",         /* cut */
        "\xC0\xAF",         /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xF4\x90\x80\x80", /* past U+10FFFF */
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char csv[40];
        snprintf(csv, sizeof csv, "a,b\n1,caf\303\251%s\n", broken[i]);
        expect(csv, "1: [a] [b]\nerror: record 2: line 2, byte 8: bytes that are not UTF-8\n");
        snprintf(csv, sizeof csv, "a,b\n\"1\n\303\251%s\",2\n", broken[i]);
        expect(csv, "1: [a] [b]\nerror: record 2: line 3, byte 3: bytes that are not UTF-8\n");
    }
}

static void nul_is_refused(void **state)
{
    (void)state;
    expect_bytes("a,b\n1,x\0y\n", 10,
                 "1: [a] [b]\nerror: record 2: line 2, byte 4: a NUL byte, which text cannot contain\n");
    expect_bytes("\"x\n\0\"\n", 6,
                 "error: record 1: line 2, byte 1: a NUL byte, which text cannot contain\n");
    expect_bytes("\"x\"\0\n", 5, "error: record 1: line 1, byte 4: a NUL byte, which text cannot contain\n");
}

static void a_failed_reader_stays_failed(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin(LARGE);
    struct csv_record record;
    feed(&reading, "a\"\nb\n", 5);
    assert_int_equal(reading.state, CSV_FAILED);
    assert_int_equal(csv_next(reading.reader, &record, &reading.err), CSV_FAILED);
    assert_string_equal(reading.err.text, "the file was refused before");
}

static void marks_are_seen_at_every_place_of_a_word(void **state)
{
    (void)state;
    for (size_t at = 1; at < 20; at++) {
        char plain[] = "aaaaaaaaaaaaaaaaaaaaa\n";
        char quoted[] = "\"aaaaaaaaaaaaaaaaaaaaa\"\n";
        char expected[80];
        plain[at] = ',';
        snprintf(expected, sizeof expected, "1: [%.*s] [%.*s]\nend\n", (int)at, plain, (int)(20 - at),
                 plain + at + 1);
        expect(plain, expected);
        quoted[at + 1] = '\n';
        snprintf(expected, sizeof expected, "1: [%.21s]\nend\n", quoted + 1);
        expect(quoted, expected);
        plain[at] = quoted[at + 1] = '\0';
        snprintf(expected, sizeof expected,
                 "error: record 1: line 1, byte %zu: a NUL byte, which text cannot contain\n", at + 1);
        expect_bytes(plain, sizeof plain - 1, expected);
        snprintf(expected, sizeof expected,
                 "error: record 1: line 1, byte %zu: a NUL byte, which text cannot contain\n", at + 2);
        expect_bytes(quoted, sizeof quoted - 1, expected);
    }
}

static void bytes_past_ascii_are_never_taken_for_marks(void **state)
{
    (void)state;
    for (int byte = 0x80; byte <= 0xBF; byte++) {
        char csv[] = "a\xE3\x80_,\"\xE3\x80_\"\n";
        char expected[] = "1: [a\xE3\x80_] [\xE3\x80_]\nend\n";
        csv[3] = csv[8] = expected[7] = expected[13] = (char)byte;
        expect(csv, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_part_values_and_line_feeds_part_records),
        cmocka_unit_test(a_file_without_a_byte_has_no_record_and_no_line_end),
        cmocka_unit_test(an_empty_value_is_null_quoted_or_not),
        cmocka_unit_test(a_missing_last_line_end_is_told),
        cmocka_unit_test(half_a_line_end_at_the_end_is_none),
        cmocka_unit_test(line_feeds_with_and_without_carriage_return_mix),
        cmocka_unit_test(a_byte_order_mark_is_skipped_at_the_start_alone),
        cmocka_unit_test(what_begins_like_a_byte_order_mark_is_text),
        cmocka_unit_test(quoted_values_hold_commas_line_ends_and_quotes),
        cmocka_unit_test(blanks_around_values_stay),
        cmocka_unit_test(control_characters_stay),
        cmocka_unit_test(text_of_any_script_stays),
        cmocka_unit_test(records_know_the_line_they_begin_in),
        cmocka_unit_test(an_empty_line_is_one_null_value_but_at_the_end),
        cmocka_unit_test(a_quote_inside_an_unquoted_value_is_refused),
        cmocka_unit_test(anything_else_behind_a_closing_quote_is_refused),
        cmocka_unit_test(a_carriage_return_alone_is_refused),
        cmocka_unit_test(a_quote_that_is_never_closed_is_refused),
        cmocka_unit_test(a_file_cut_inside_quotes_has_no_last_line_end),
        cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
        cmocka_unit_test(nul_is_refused),
        cmocka_unit_test(a_failed_reader_stays_failed),
        cmocka_unit_test(marks_are_seen_at_every_place_of_a_word),
        cmocka_unit_test(bytes_past_ascii_are_never_taken_for_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
