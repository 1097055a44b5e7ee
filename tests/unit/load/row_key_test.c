/*
 * load/row_key. The expected keys are the first 32 hexadecimal digits of the SHA-256 of the bytes that stand
 * beside them, worked out by another program: python3 -c 'import hashlib;
 * print(hashlib.sha256(b"…").hexdigest()[:32])'.
 */
#include "load/row_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CONTRACT "11000000001"

struct part {
    enum column_type type;
    const char *text; /* NULL: null */
};

struct keyed {
    const char *prefix[3];
    size_t prefix_count;
    struct part parts[4];
    size_t part_count;
};

#define KEY_TEXT 37

/* As the database shows it. */
static void show(const unsigned char *bytes, char *text)
{
    for (size_t i = 0; i < ROW_KEY_BYTES; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        text += sprintf(text, dash ? "-%02x" : "%02x", bytes[i]);
    }
}

/* The key of these parts; in a buffer that the next call but one overwrites. */
static const char *key_of(const struct keyed *keyed)
{
    static char texts[2][KEY_TEXT];
    unsigned char bytes[ROW_KEY_BYTES];
    static unsigned calls;
    char *text = texts[calls++ % 2];
    struct err err = {0};
    struct row_key *key = row_key_make(&err);
    assert_non_null(key);
    row_key_set_prefix(key, keyed->prefix, keyed->prefix_count);
    row_key_begin(key);
    for (size_t i = 0; i < keyed->part_count; i++) {
        const struct part *part = &keyed->parts[i];
        struct value value = {.is_null = part->text == NULL,
                              .bytes = part->text,
                              .length = part->text ? strlen(part->text) : 0};
        if (!row_key_add(key, &value, part->type, &err))
            fail_msg("%s", err.text);
    }
    assert_true(row_key_end(key, bytes, &err));
    show(bytes, text);
    row_key_release(key);
    return text;
}

/* The key of one part behind the contract number. */
static const char *key_of_one(enum column_type type, const char *text)
{
    return key_of(&(struct keyed){{CONTRACT}, 1, {{type, text}}, 1});
}

static void a_key_is_the_documented_hash_of_contract_and_values(void **state)
{
    (void)state;
    const char *key = key_of(&(struct keyed){
        {CONTRACT}, 1, {{COLUMN_DATE, "2026-11-01"}, {COLUMN_TEXT, "AutoCAD"}, {COLUMN_INTEGER, "60"}}, 3});
    /* V11:11000000001V10:2026-11-01V7:AutoCADV2:60 */
    assert_string_equal(key, "039ff8ad-e644-6f23-81e7-c45bee0108dd");
}

static void a_key_without_values_is_the_contract(void **state)
{
    (void)state;
    /* V11:11000000001 */
    assert_string_equal(key_of(&(struct keyed){{CONTRACT}, 1, {{0}}, 0}),
                        "f39b508c-4279-5dcf-e550-429a1710dff7");
}

static void the_window_stands_behind_the_contract(void **state)
{
    (void)state;
    const char *key =
        key_of(&(struct keyed){{CONTRACT, "2026-11-01", "2026-12-01"}, 3, {{COLUMN_TEXT, "AutoCAD"}}, 1});
    /* V11:11000000001V10:2026-11-01V10:2026-12-01V7:AutoCAD */
    assert_string_equal(key, "f3d8850e-b909-2788-021a-f7a062137c92");
}

static void null_is_a_part_like_any_other(void **state)
{
    (void)state;
    const char *key = key_of(&(struct keyed){
        {CONTRACT}, 1, {{COLUMN_DATE, "2026-11-01"}, {COLUMN_TEXT, NULL}, {COLUMN_BOOLEAN, "true"}}, 3});
    /* V11:11000000001V10:2026-11-01NV4:true */
    assert_string_equal(key, "5eb34e1e-152d-ba3c-505b-514718e78008");
}

static void null_is_null_in_every_type(void **state)
{
    (void)state;
    /* V1:1NN */
    const char *expected = "3266b80c-f14d-0e8f-a226-4ce120182d3c";
    assert_string_equal(key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, NULL}, {COLUMN_TIMESTAMP, NULL}}, 2}),
                        expected);
    assert_string_equal(key_of(&(struct keyed){{"1"}, 1, {{COLUMN_NUMERIC, NULL}, {COLUMN_DATE, NULL}}, 2}),
                        expected);
}

static void null_differs_from_empty_text_and_from_text_that_looks_like_it(void **state)
{
    (void)state;
    const char *none = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, NULL}}, 1});
    assert_string_equal(none, "f1876a54-c034-6359-de6f-1dffa58491c9"); /* V1:1N */
    const char *empty = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, ""}}, 1});
    assert_string_equal(empty, "2d58d73d-4714-42f8-0cf6-b9ce200b1d7e"); /* V1:1V0: */
    const char *letter = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, "N"}}, 1});
    assert_string_equal(letter, "da6625da-b30f-a69c-6ce9-147e4fb96d38"); /* V1:1V1:N */
    const char *marks = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, "V0:"}}, 1});
    assert_string_equal(marks, "49997488-b570-cf9e-9592-be94406c6714"); /* V1:1V3:V0: */
}

static void a_letter_cannot_move_from_one_part_to_the_next(void **state)
{
    (void)state;
    const char *one = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, "a"}, {COLUMN_TEXT, "bc"}}, 2});
    assert_string_equal(one, "e5d09a05-df29-baa8-a1b3-5d2846ed8227"); /* V1:1V1:aV2:bc */
    const char *other = key_of(&(struct keyed){{"1"}, 1, {{COLUMN_TEXT, "ab"}, {COLUMN_TEXT, "c"}}, 2});
    assert_string_equal(other, "ca6e1dd2-8e0f-a138-deff-a583a7287e63"); /* V1:1V2:abV1:c */
}

static void equal_numbers_have_equal_keys(void **state)
{
    (void)state;
    /* V11:11000000001V3:100 */
    const char *expected = "8b4fb0ee-d3e7-ef9f-30da-096ff4afabe3";
    assert_string_equal(key_of_one(COLUMN_INTEGER, "100"), expected);
    assert_string_equal(key_of_one(COLUMN_NUMERIC, "100"), expected);
    assert_string_equal(key_of_one(COLUMN_NUMERIC, "100.0"), expected);
    assert_string_equal(key_of_one(COLUMN_NUMERIC, "1e2"), expected);
    assert_string_equal(key_of_one(COLUMN_NUMERIC, "1.00E+2"), expected);
}

/* A double could not tell it from the one before. */
static void a_large_number_is_hashed_by_its_digits(void **state)
{
    (void)state;
    /* V11:11000000001V16:9007199254740993 */
    assert_string_equal(key_of_one(COLUMN_INTEGER, "9007199254740993"),
                        "25dc0bb3-b9e2-4f01-ed5e-209cd297fa29");
}

static void text_is_hashed_by_its_bytes(void **state)
{
    (void)state;
    /* V11:11000000001V6:\xe5\x9c\xb0\xe7\x90\x86 */
    assert_string_equal(key_of_one(COLUMN_TEXT, "\xE5\x9C\xB0\xE7\x90\x86"),
                        "50252cbb-7d59-82ae-9e23-23efe1cc10de");
}

static void text_that_looks_like_a_number_is_text(void **state)
{
    (void)state;
    assert_string_not_equal(key_of_one(COLUMN_TEXT, "100.0"), key_of_one(COLUMN_TEXT, "100"));
}

static void a_length_of_four_digits_is_written_in_full(void **state)
{
    (void)state;
    char text[1001];
    memset(text, 'x', 1000);
    text[1000] = '\0';
    /* V11:11000000001V1000:, then 1000 times x */
    assert_string_equal(key_of_one(COLUMN_TEXT, text), "bd243609-b4e6-2d50-3e7d-4d263f725a46");
}

static void equal_times_have_equal_keys(void **state)
{
    (void)state;
    /* V11:11000000001V19:2018-03-01T16:24:53 */
    const char *to_the_second = "91b43664-81fb-efed-1aac-ff3b2bd5769e";
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01T16:24:53"), to_the_second);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01 16:24:53"), to_the_second);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01T16:24:53.000"), to_the_second);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01 16:24:53.0"), to_the_second);
    /* V11:11000000001V21:2018-03-01T16:24:53.5 */
    const char *to_the_tenth = "fb159eb1-9bf1-894d-71af-3ed5e8e83009";
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01T16:24:53.5"), to_the_tenth);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01 16:24:53.500000"), to_the_tenth);
}

static void midnight_is_the_day(void **state)
{
    (void)state;
    /* V11:11000000001V10:2018-03-01 */
    const char *day = "23606850-33ed-6dd4-8742-57cdadacf2dd";
    assert_string_equal(key_of_one(COLUMN_DATE, "2018-03-01"), day);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01"), day);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01T00:00:00"), day);
    assert_string_equal(key_of_one(COLUMN_TIMESTAMP, "2018-03-01 00:00:00.000000"), day);
}

/* From JSON 60.0 and true come as values of their own kind, from CSV as text. */
static void the_same_row_by_query_and_by_export_has_the_same_key(void **state)
{
    (void)state;
    static const struct {
        struct cell query;
        struct cell export;
        enum column_type type;
    } cells[] = {
        {{.kind = CELL_NUMBER, .bytes = "60.0", .length = 4},
         {.kind = CELL_TEXT, .bytes = "60", .length = 2},
         COLUMN_NUMERIC},
        {{.kind = CELL_NUMBER, .bytes = "7", .length = 1},
         {.kind = CELL_TEXT, .bytes = "7.0", .length = 3},
         COLUMN_INTEGER},
        {{.kind = CELL_TRUE}, {.kind = CELL_TEXT, .bytes = "TRUE", .length = 4}, COLUMN_BOOLEAN},
        {{.kind = CELL_TEXT, .bytes = "2018-03-01", .length = 10},
         {.kind = CELL_TEXT, .bytes = "2018-03-01 00:00:00", .length = 19},
         COLUMN_DATE},
        {{.kind = CELL_NULL}, {.kind = CELL_TEXT, .bytes = "", .length = 0}, COLUMN_TEXT},
    };
    unsigned char keys[2][ROW_KEY_BYTES];
    struct err err = {0};
    struct row_key *key = row_key_make(&err);
    assert_non_null(key);
    for (size_t way = 0; way < 2; way++) {
        row_key_begin(key);
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
            struct value value;
            const char *problem;
            assert_true(
                value_read(way == 0 ? &cells[i].query : &cells[i].export, cells[i].type, &value, &problem));
            assert_true(row_key_add(key, &value, cells[i].type, &err));
        }
        assert_true(row_key_end(key, keys[way], &err));
    }
    row_key_release(key);
    assert_memory_equal(keys[0], keys[1], ROW_KEY_BYTES);
}

static void the_prefix_serves_every_row(void **state)
{
    (void)state;
    char text[KEY_TEXT];
    unsigned char bytes[ROW_KEY_BYTES];
    struct err err = {0};
    struct row_key *key = row_key_make(&err);
    assert_non_null(key);
    row_key_set_prefix(key, (const char *const[]){"1"}, 1);
    for (int row = 0; row < 3; row++) {
        struct value value = {.bytes = "N", .length = 1};
        row_key_begin(key);
        assert_true(row_key_add(key, &value, COLUMN_TEXT, &err));
        assert_true(row_key_end(key, bytes, &err));
        show(bytes, text);
        assert_string_equal(text, "da6625da-b30f-a69c-6ce9-147e4fb96d38"); /* V1:1V1:N */
    }
    row_key_release(key);
}

static void a_number_of_too_many_digits_cannot_be_a_key(void **state)
{
    (void)state;
    char digits[2000];
    struct err err = {0};
    struct row_key *key = row_key_make(&err);
    struct value value = {.bytes = digits, .length = sizeof digits};
    assert_non_null(key);
    memset(digits, '7', sizeof digits);
    row_key_begin(key);
    assert_false(row_key_add(key, &value, COLUMN_NUMERIC, &err));
    assert_int_equal(err.kind, ERR_DATA);
    row_key_release(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_the_documented_hash_of_contract_and_values),
        cmocka_unit_test(a_key_without_values_is_the_contract),
        cmocka_unit_test(the_window_stands_behind_the_contract),
        cmocka_unit_test(null_is_a_part_like_any_other),
        cmocka_unit_test(null_is_null_in_every_type),
        cmocka_unit_test(null_differs_from_empty_text_and_from_text_that_looks_like_it),
        cmocka_unit_test(a_letter_cannot_move_from_one_part_to_the_next),
        cmocka_unit_test(equal_numbers_have_equal_keys),
        cmocka_unit_test(a_large_number_is_hashed_by_its_digits),
        cmocka_unit_test(text_is_hashed_by_its_bytes),
        cmocka_unit_test(text_that_looks_like_a_number_is_text),
        cmocka_unit_test(a_length_of_four_digits_is_written_in_full),
        cmocka_unit_test(equal_times_have_equal_keys),
        cmocka_unit_test(midnight_is_the_day),
        cmocka_unit_test(the_same_row_by_query_and_by_export_has_the_same_key),
        cmocka_unit_test(the_prefix_serves_every_row),
        cmocka_unit_test(a_number_of_too_many_digits_cannot_be_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
