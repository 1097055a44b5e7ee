/* wire/csv: quotes inside a text that are not doubled, where the width of records is known. */
#include "unit/wire/csv/csv_reading.h"

static void read_cut(const char *csv, size_t cut, size_t values, bool final_comma, struct reading *reading)
{
    csv_expect(reading->reader, values, final_comma);
    feed(reading, csv, cut);
    feed(reading, csv + cut, strlen(csv) - cut);
    end(reading);
}

/* The same wherever the file is cut in two. */
static void expect(const char *csv, size_t values, bool final_comma, const char *expected)
{
    for (size_t cut = 0; cut <= strlen(csv); cut++) {
        SCOPED(reading) struct reading reading = begin(LARGE);
        read_cut(csv, cut, values, final_comma, &reading);
        if (strcmp(buf_text(&reading.out), expected) != 0)
            fail_msg("%s cut at %zu:\n%s", csv, cut, buf_text(&reading.out));
    }
}

static void a_quote_inside_a_text_is_read_where_the_width_allows_one_reading(void **state)
{
    (void)state;
    expect("1,\"Screen 24\" LT\",0.5\n2,\"b\",1\n", 3, false,
           "1: [1] [Screen 24\" LT] [0.5]\n2: [2] [b] [1]\nend\n");
    expect("1,\"Screen 24\" LT\",0.5,\r\n2,\"b\",1,\r\n", 3, true,
           "1: [1] [Screen 24\" LT] [0.5] null\n2: [2] [b] [1] null\nend\n");
    expect("\"a \"b\" c\",\"d\"\n", 2, false, "1: [a \"b\" c] [d]\nend\n");
    expect("\"5\", 10\" wide\",7\n", 2, false, "1: [5\", 10\" wide] [7]\nend\n");
    expect("\"a\"b\"", 1, false, "1: [a\"b]\nend without line end\n");
    expect("\"Gr\xC3\xB6\xC3\x9F\x65 24\" X\",,\n", 2, true,
           "1: [Gr\xC3\xB6\xC3\x9F\x65 24\" X] null null\nend\n");
}

/* To a strict reader the two quotes are one, and the text goes on in the next line. */
static void a_quote_at_the_end_of_a_text_is_no_doubled_one(void **state)
{
    (void)state;
    expect("1,\"Monitor 24\"\",0.5,\n2,\"b\",1,\n3,\"c\"\",,\n", 3, true,
           "1: [1] [Monitor 24\"] [0.5] null\n2: [2] [b] [1] null\n3: [3] [c\"] null null\nend\n");
    expect("1,\"a\"\",\"b\"\",0.5\n2,,\n", 4, false, "1: [1] [a\"] [b\"] [0.5]\n2: [2] null null\nend\n");
    expect("\"a\"\",\"\"b\",5\n", 3, false, "1: [a\"] [\"b] [5]\nend\n");
}

/* Of the right width all the same: the rows between the two quotes would be lost. */
static void lines_are_not_merged_by_quotes_that_are_not_doubled(void **state)
{
    (void)state;
    expect("1,\"\"\",5.0,\n2,\"\"\",6.0,\n", 3, true,
           "1: [1] [\"] [5.0] null\n2: [2] [\"] [6.0] null\nend\n");
    expect("1,\"Monitor 24\"\",0.5,\n2,\"\"b\",1,\n", 3, true,
           "1: [1] [Monitor 24\"] [0.5] null\n2: [2] [\"b] [1] null\nend\n");
    expect("1,\"24\"\",0.5,\n2,,7,\n3,\"\"b\",1,\n", 3, true,
           "1: [1] [24\"] [0.5] null\n2: [2] null [7] null\n3: [3] [\"b] [1] null\nend\n");
    expect("1,\"24\"\",\"x\",5,\n2,\"y\",\"\"b\",6,\n", 4, true,
           "1: [1] [24\"] [x] [5] null\n2: [2] [y] [\"b] [6] null\nend\n");
    expect("1,\"x\",\"24\"\",5,\n2,\"\"b\",\"y\",6,\n", 4, true,
           "1: [1] [x] [24\"] [5] null\n2: [2] [\"b] [y] [6] null\nend\n");
}

static void a_text_of_several_lines_with_doubled_quotes_is_one(void **state)
{
    (void)state;
    expect("1,\"He said \"\"yes\"\",\nthen left\",2\n", 3, false,
           "1: [1] [He said \"yes\",\nthen left] [2]\nend\n");
    expect("1,\"a\nb\",2\n", 3, false, "1: [1] [a\nb] [2]\nend\n");
}

static void quotes_that_are_doubled_in_one_line_only_are_refused(void **state)
{
    (void)state;
    expect("1,\"6\"\" pipe\",2\n2,\"Screen 24\" LT\",3\n", 3, false,
           "1: [1] [6\" pipe] [2]\nerror: record 2: line 1 has a doubled quote inside a text, and line 2 one "
           "that "
           "is not doubled: which quotes the texts have cannot be told\n");
}

static void a_strict_reading_of_the_right_width_comes_first(void **state)
{
    (void)state;
    expect("\"a\"\",\"\"b\",5\n", 2, false, "1: [a\",\"b] [5]\nend\n");
    expect("1,\"x\"\"y\nz\",2\n", 3, false, "1: [1] [x\"y\nz] [2]\nend\n");
    expect("\"a\",\"b\",5,\n", 3, false, "1: [a] [b] [5] null\nend\n");
    expect("\"a\",\"b\",\"c\",5\n", 3, false, "1: [a] [b] [c] [5]\nend\n");
    expect("\"a\",\"b\",5\n", 2, false, "1: [a] [b] [5]\nend\n");
    expect("\"a\",5\n", 3, false, "1: [a] [5]\nend\n");
}

#define BEHIND "behind a closing quote, where a comma or a line end was expected\n"

static void a_line_with_no_reading_or_with_several_is_refused(void **state)
{
    (void)state;
    expect("\"a\nb\" c\",1\n", 2, false, "error: record 1: line 2, byte 3: ` ` " BEHIND);
    expect("\"a\" b\",1,2\n", 2, false, "error: record 1: line 1, byte 4: ` ` " BEHIND);
    expect("\"a\",\"b\" c\",1\n", 2, false, "error: record 1: line 1, byte 8: ` ` " BEHIND);
    expect("\"a\" b\",x\",\"c\" d\",y\"\n", 3, false, "error: record 1: line 1, byte 4: ` ` " BEHIND);
    expect("\"a\" b \"\"c\",1\n", 2, false, "error: record 1: line 1, byte 4: ` ` " BEHIND);
    expect("1,a\"b,2\n", 3, false,
           "error: record 1: line 1, byte 4: a quote inside a value that does not begin "
           "with one\n");
    expect("\"a\" b\",1\n", 1, true, "error: record 1: line 1, byte 4: ` ` " BEHIND);
}

static void several_readings_are_called_that(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin(LARGE);
    read_cut("1,2,3\n\"a\" b\",,\"c\",,\"d\"\n", 0, 3, false, &reading);
    assert_string_equal(buf_text(&reading.out),
                        "1: [1] [2] [3]\nerror: record 2: line 2, byte 4: ` ` " BEHIND);
    assert_string_equal(reading.err.hint,
                        "a quote inside a value of this line is not doubled, and the line can be split into "
                        "the expected number of values in more than one way");
}

static void without_a_width_nothing_is_read_loosely(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin(LARGE);
    feed(&reading, "1,\"a\" b\",2\n", 11);
    end(&reading);
    assert_string_equal(buf_text(&reading.out), "error: record 1: line 1, byte 6: ` ` " BEHIND);
}

static void values_know_whether_they_stand_in_quotes(void **state)
{
    (void)state;
    struct csv_record record;
    struct err err;
    SCOPED(csv_reader) struct csv_reader *reader = csv_reader_make(LARGE);
    csv_feed(reader, "\"a\",b,\"\",,\"c\"\"d\"\n", 17);
    assert_int_equal(csv_next(reader, &record, &err), CSV_RECORD);
    assert_true(record.cells[0].is_quoted);
    assert_false(record.cells[1].is_quoted);
    assert_true(record.cells[2].is_quoted);
    assert_false(record.cells[3].is_quoted);
    assert_true(record.cells[4].is_quoted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quote_inside_a_text_is_read_where_the_width_allows_one_reading),
        cmocka_unit_test(a_quote_at_the_end_of_a_text_is_no_doubled_one),
        cmocka_unit_test(lines_are_not_merged_by_quotes_that_are_not_doubled),
        cmocka_unit_test(a_text_of_several_lines_with_doubled_quotes_is_one),
        cmocka_unit_test(quotes_that_are_doubled_in_one_line_only_are_refused),
        cmocka_unit_test(a_strict_reading_of_the_right_width_comes_first),
        cmocka_unit_test(a_line_with_no_reading_or_with_several_is_refused),
        cmocka_unit_test(several_readings_are_called_that),
        cmocka_unit_test(without_a_width_nothing_is_read_loosely),
        cmocka_unit_test(values_know_whether_they_stand_in_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
