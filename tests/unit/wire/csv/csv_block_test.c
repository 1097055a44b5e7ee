/* wire/csv: blocks that are cut anywhere, and ceilings. */
#include "unit/wire/csv/csv_reading.h"

static const char nasty[] = "\xEF\xBB\xBF\"a\"\"\",b\r\n"
                            "\r\n"
                            "1,\"x,\"\"y\"\"\r\n\n\345\234\260\"\n"
                            "\"\",\360\237\230\200\r\n"
                            "\"\"\"\"\"\",plain text of some words\n"
                            "\n"
                            "last,\"one\"";
static const char nasty_records[] = "1: [a\"] [b]\n"
                                    "2: null\n"
                                    "3: [1] [x,\"y\"\r\n\n\345\234\260]\n"
                                    "6: null [\360\237\230\200]\n"
                                    "7: [\"\"] [plain text of some words]\n"
                                    "8: null\n"
                                    "9: [last] [one]\n"
                                    "end without line end\n";

static void expect_in_three(const char *csv, size_t first, size_t second, size_t length, const char *expected)
{
    SCOPED(reading) struct reading reading = begin(LARGE);
    feed(&reading, csv, first);
    feed(&reading, csv + first, second - first);
    feed(&reading, csv + second, length - second);
    end(&reading);
    if (strcmp(buf_text(&reading.out), expected) != 0)
        fail_msg("cut at %zu and %zu:\n%s", first, second, buf_text(&reading.out));
}

static void records_are_the_same_wherever_blocks_are_cut(void **state)
{
    (void)state;
    size_t length = sizeof nasty - 1;
    for (size_t first = 0; first <= length; first++)
        for (size_t second = first; second <= length; second++)
            expect_in_three(nasty, first, second, length, nasty_records);
}

static void errors_are_the_same_wherever_blocks_are_cut(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        const char *expected;
    } broken[] = {
        {"a\n\"x\n\"\"\"y\n", "1: [a]\nerror: record 2: line 3, byte 4: `y` behind a closing quote, where a "
                              "comma or a line end was expected\n"},
        {"a\r\nb\rc\r\n",
         "1: [a]\nerror: record 2: line 2, byte 2: a carriage return that is neither quoted nor "
         "followed by a line feed\n"},
        {"a\nb\"c\n",
         "1: [a]\nerror: record 2: line 2, byte 2: a quote inside a value that does not begin with one\n"},
        {"a\n\"\n\345\234\",b\n", "1: [a]\nerror: record 2: line 3, byte 1: bytes that are not UTF-8\n"},
        {"a\n\"b\n\n\"\"",
         "1: [a]\nerror: record 2: the file ends inside a quoted value that began in line 2\n"},
        {"\xEF\xBB\n", "error: record 1: line 1, byte 1: bytes that are not UTF-8\n"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        size_t length = strlen(broken[i].csv);
        for (size_t first = 0; first <= length; first++)
            for (size_t second = first; second <= length; second++)
                expect_in_three(broken[i].csv, first, second, length, broken[i].expected);
    }
}

static void a_huge_value_lies_across_many_blocks(void **state)
{
    (void)state;
    enum { SIZE = 700000, BLOCK = 4096 };
    char *csv = malloc(SIZE + 5);
    memcpy(csv, "x,\"", 3);
    for (size_t i = 0; i < SIZE; i++)
        csv[3 + i] = "0123456789\n"[i % 11];
    memcpy(csv + 3 + SIZE, "\"\n", 2);

    SCOPED(reading) struct reading reading = begin(LARGE);
    struct csv_record record;
    enum csv_state read = CSV_MORE;
    for (size_t at = 0; at < SIZE + 5; at += BLOCK) {
        assert_int_equal(read, CSV_MORE);
        csv_feed(reading.reader, csv + at, SIZE + 5 - at < BLOCK ? SIZE + 5 - at : BLOCK);
        read = csv_next(reading.reader, &record, &reading.err);
    }
    assert_int_equal(read, CSV_RECORD);
    assert_int_equal(record.count, 2);
    assert_int_equal(record.cells[1].length, SIZE);
    assert_memory_equal(record.cells[1].bytes, csv + 3, SIZE);
    free(csv);
}

/* Ceilings. */

static void expect_with_ceiling(const char *csv, size_t max_record_bytes, const char *expected)
{
    SCOPED(reading) struct reading whole = begin(max_record_bytes);
    feed(&whole, csv, strlen(csv));
    end(&whole);
    assert_string_equal(buf_text(&whole.out), expected);

    SCOPED(reading) struct reading bytes = begin(max_record_bytes);
    for (const char *byte = csv; *byte; byte++)
        feed(&bytes, byte, 1);
    end(&bytes);
    assert_string_equal(buf_text(&bytes.out), expected);
}

static void a_record_is_as_large_as_its_ceiling_at_most(void **state)
{
    (void)state;
    expect_with_ceiling("\xEF\xBB\xBF"
                        "1234,67\n\"2\n4\",7\n",
                        8, "1: [1234] [67]\n2: [2\n4] [7]\nend\n");
    expect_with_ceiling("1234,67\n1234,678\n1\n", 8,
                        "1: [1234] [67]\nerror: record 2: line 2: larger than 8 bytes\n");
    expect_with_ceiling("1\n\"3\n567890", 8, "1: [1]\nerror: record 2: line 2: larger than 8 bytes\n");
    expect_with_ceiling("\xEF\xBC\xA1"
                        "12345\n",
                        8, "error: record 1: line 1: larger than 8 bytes\n");
    expect_with_ceiling("12345,78", 8, "1: [12345] [78]\nend without line end\n");
}

static void a_record_has_so_many_values_at_most(void **state)
{
    (void)state;
    char csv[CSV_MAX_VALUES + 8] = "a\n";
    memset(csv + 2, ',', CSV_MAX_VALUES - 1);
    csv[CSV_MAX_VALUES + 1] = '\n';
    SCOPED(reading) struct reading widest = begin(LARGE);
    struct csv_record record;
    csv_feed(widest.reader, csv, CSV_MAX_VALUES + 2);
    assert_int_equal(csv_next(widest.reader, &record, &widest.err), CSV_RECORD);
    assert_int_equal(csv_next(widest.reader, &record, &widest.err), CSV_RECORD);
    assert_int_equal(record.count, 1600);

    csv[CSV_MAX_VALUES + 1] = ',';
    expect_with_ceiling(csv, LARGE, "1: [a]\nerror: record 2: line 2: more than 1600 values\n");
    memcpy(csv + CSV_MAX_VALUES + 1, "\"\",", 3);
    expect_with_ceiling(csv, LARGE, "1: [a]\nerror: record 2: line 2: more than 1600 values\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_same_wherever_blocks_are_cut),
        cmocka_unit_test(errors_are_the_same_wherever_blocks_are_cut),
        cmocka_unit_test(a_huge_value_lies_across_many_blocks),
        cmocka_unit_test(a_record_is_as_large_as_its_ceiling_at_most),
        cmocka_unit_test(a_record_has_so_many_values_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
