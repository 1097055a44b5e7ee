/* run/export_dialect: what values without quotes are. */
#include "run/export_dialect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Two fields and a metric. */
static const char *const asked[] = {"productVersion", "userName", "tokensConsumed"};
static const struct text_list names = {(const char **)asked, 3};

#define MAX_ROWS 8

/* Values as a file has them, with their quotes; a row of NULL ends a block, a row of "end" the file. */
struct file {
    bool header_is_quoted;
    const char *rows[MAX_ROWS][3];
};

static struct cell cell_of(const char *text)
{
    size_t length = strlen(text);
    size_t quote = *text == '"';
    return (struct cell){.kind = length > 2 * quote ? CELL_TEXT : CELL_NULL,
                         .bytes = text + quote,
                         .length = length - 2 * quote,
                         .is_quoted = quote};
}

static void put_block(const struct row_block *block, char *out)
{
    static const char marks[] = {[CELL_NULL] = '~', [CELL_TEXT] = 't', [CELL_NUMBER] = 'n'};
    for (size_t row = 0; row < block->rows; row++)
        for (size_t i = 0; i < 3; i++) {
            const struct cell *cell = &row_block_row(block, row)[i];
            sprintf(out + strlen(out), "%c%.*s%s", marks[cell->kind], (int)cell->length, cell->bytes,
                    i < 2 ? " " : "\n");
        }
}

static bool settle(struct export_dialect *dialect, struct row_block *block, char *out, struct err *err)
{
    row_block_finish(block);
    if (!export_dialect_convert(dialect, block, err))
        return false;
    put_block(block, out);
    row_block_clear(block);
    return true;
}

/* Kinds and bytes of all values, a line a row. */
static bool read_file(const struct file *file, char *out, struct err *err)
{
    SCOPED(row_block) struct row_block block = row_block_make(3);
    SCOPED(export_dialect) struct export_dialect dialect = export_dialect_make(&names, 2);
    dialect.header_is_quoted = file->header_is_quoted;
    *out = '\0';
    for (size_t row = 0; row < MAX_ROWS && file->rows[row][0]; row++) {
        struct cell cells[3];
        if (!*file->rows[row][0]) {
            if (!settle(&dialect, &block, out, err))
                return false;
            continue;
        }
        for (size_t i = 0; i < 3; i++)
            cells[i] = cell_of(file->rows[row][i]);
        assert_true(row_block_add(&block, cells, err));
        export_dialect_note(&dialect, cells, row + 2);
    }
    return settle(&dialect, &block, out, err);
}

static void expect(const struct file *file, const char *expected)
{
    char out[1024];
    struct err err = {0};
    if (!read_file(file, out, &err))
        fail_msg("%s", err.text);
    assert_string_equal(out, expected);
}

static void expect_refusal(const struct file *file, const char *words)
{
    char out[1024];
    struct err err = {0};
    assert_false(read_file(file, out, &err));
    assert_int_equal(err.kind, ERR_DATA);
    if (!strstr(err.text, words))
        fail_msg("%s", err.text);
}

#define BLOCK_END                                                                                            \
    {                                                                                                        \
        "", "", ""                                                                                           \
    }

static void a_word_in_quotes_makes_bare_values_of_its_column_null_or_numbers(void **state)
{
    (void)state;
    expect(
        &(struct file){false, {{"\"R1\"", "\"ann\"", "1.0"}, {"7.10", "null", "null"}, {"null", "5", "2"}}},
        "tR1 tann n1.0\nn7.10 ~ ~\n~ n5 n2\n");
}

static void a_word_without_quotes_makes_them_texts_whatever_the_header_has(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"R1", "ann", "1.0"}, {"7.10", "null", "null"}, {"null", "1E3", "2"}}},
           "tR1 tann n1.0\nt7.10 tnull ~\ntnull t1E3 n2\n");
}

static void booleans_show_nothing(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"10.0", "true", "1"}, {"null", "false", "1"}}},
           "n10.0 ttrue n1\n~ tfalse n1\n");
    expect(&(struct file){false, {{"10.0", "true", "1"}, {"null", "false", "1"}}},
           "t10.0 ttrue n1\ntnull tfalse n1\n");
    expect(&(struct file){false, {{"10.0", "true", "1"}, {"null", "\"ann\"", "1"}}},
           "n10.0 ttrue n1\n~ tann n1\n");
    expect(&(struct file){true, {{"10.0", "true", "1"}, {"null", "True", "1"}}},
           "t10.0 ttrue n1\ntnull tTrue n1\n");
}

static void a_column_without_words_is_judged_by_the_others(void **state)
{
    (void)state;
    expect(&(struct file){false, {{"7.10", "\"ann\"", "1"}, {"null", "\"bob\"", "1"}}},
           "n7.10 tann n1\n~ tbob n1\n");
    expect(&(struct file){true, {{"7.10", "ann", "1"}, {"null", "bob", "1"}}},
           "t7.10 tann n1\ntnull tbob n1\n");
}

static void without_any_word_the_header_decides(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"7.10", "null", "1"}}}, "n7.10 ~ n1\n");
    expect(&(struct file){false, {{"7.10", "null", "1"}}}, "t7.10 tnull n1\n");
}

static void what_is_in_quotes_is_a_text(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"\"7.10\"", "\"null\"", "\"1.0\""}}}, "t7.10 tnull t1.0\n");
}

/* Some writers quote what has a blank, or begins with a digit. */
static void quotes_that_may_be_needed_prove_nothing(void **state)
{
    (void)state;
    expect(&(struct file){false, {{"\"Release 1\"", "\"2nd\"", "1"}, {"7.10", "null", "1"}}},
           "tRelease 1 t2nd n1\nt7.10 tnull n1\n");
}

static void a_column_with_both_is_refused_if_it_matters(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"\"R1\"", "ann", "1"}, {"R2", "\"bob\"", "1"}}},
           "tR1 tann n1\ntR2 tbob n1\n");
    expect_refusal(
        &(struct file){true, {{"\"R1\"", "ann", "1"}, {"R2", "bob", "1"}, {"7.10", "eve", "1"}}},
        "in quotes in line 2 and without them in line 3: the export's file: `productVersion` has a value "
        "without quotes in line 4");
}

static void a_later_block_that_contradicts_is_refused_if_it_matters(void **state)
{
    (void)state;
    expect(&(struct file){true, {{"\"R1\"", "\"ann\"", "1"}, BLOCK_END, {"\"R2\"", "bob", "1"}}},
           "tR1 tann n1\ntR2 tbob n1\n");
    expect_refusal(&(struct file){true, {{"7.10", "5", "1"}, BLOCK_END, {"R2", "ann", "1"}}}, "in line 2");
}

/* `1` is the same, whatever it is: a later word takes nothing back. */
static void a_number_with_one_reading_is_no_doubt(void **state)
{
    (void)state;
    expect(&(struct file){false, {{"1", "\"Product A\"", "1"}, BLOCK_END, {"1", "\"RENDER01\"", "1"}}},
           "t1 tProduct A n1\nt1 tRENDER01 n1\n");
}

static void words_need_no_quotes(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "DESKTOP_PRODUCT", "ann@corp.com"};
    static const char *const others[] = {"1x", "_x", "a b", "a,b", "\xC3\xA4"};
    for (size_t i = 0; i < 3; i++)
        assert_true(export_is_word(&(struct cell){.bytes = words[i], .length = strlen(words[i])}));
    for (size_t i = 0; i < 5; i++)
        assert_false(export_is_word(&(struct cell){.bytes = others[i], .length = strlen(others[i])}));
    assert_false(export_is_word(&(struct cell){.bytes = ""}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_in_quotes_makes_bare_values_of_its_column_null_or_numbers),
        cmocka_unit_test(a_word_without_quotes_makes_them_texts_whatever_the_header_has),
        cmocka_unit_test(booleans_show_nothing),
        cmocka_unit_test(a_column_without_words_is_judged_by_the_others),
        cmocka_unit_test(without_any_word_the_header_decides),
        cmocka_unit_test(what_is_in_quotes_is_a_text),
        cmocka_unit_test(quotes_that_may_be_needed_prove_nothing),
        cmocka_unit_test(a_column_with_both_is_refused_if_it_matters),
        cmocka_unit_test(a_later_block_that_contradicts_is_refused_if_it_matters),
        cmocka_unit_test(a_number_with_one_reading_is_no_doubt),
        cmocka_unit_test(words_need_no_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
