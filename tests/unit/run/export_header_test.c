/* run/export_header: which columns of a file are the ones that were asked for. */
#include "run/export_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *asked[] = {"usageDate", "productName", "customField1", "tokensConsumed"};
static const struct text_list names = {asked, COUNT_OF(asked)};

struct match {
    struct arena *arena;
    struct export_header header;
    struct err err;
};

static void match_cleanup(struct match *match)
{
    arena_release(match->arena);
}

/* The header that a file of this one line has; what is left of it must not depend on the reader. */
static bool match_names(struct match *match, const struct text_list *wanted, const char *line)
{
    struct csv_record record;
    SCOPED(csv_reader) struct csv_reader *reader = csv_reader_make(CSV_MAX_RECORD_BYTES);
    *match = (struct match){.arena = arena_make()};
    csv_feed(reader, line, strlen(line));
    enum csv_state state = csv_next(reader, &record, &match->err);
    if (state == CSV_MORE) {
        csv_end(reader);
        state = csv_next(reader, &record, &match->err);
    }
    assert_int_equal(state, CSV_RECORD);
    return export_header_match(wanted, &record, match->arena, &match->header, &match->err);
}

static void expect_places(const char *line, const size_t *places, size_t width)
{
    SCOPED(match) struct match match;
    if (!match_names(&match, &names, line))
        fail_msg("%s: %s", line, match.err.text);
    assert_int_equal(match.header.count, names.count);
    assert_int_equal(match.header.width, width);
    for (size_t i = 0; i < names.count; i++)
        assert_int_equal(match.header.places[i], places[i]);
}

static const size_t in_order[] = {0, 1, 2, 3};

static void names_match_however_they_are_written(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "usageDate,productName,customField1,tokensConsumed\n",
        "Usage Date,Product Name,Custom Field 1,Tokens Consumed\r\n",
        "USAGEDATE,PRODUCTNAME,CUSTOMFIELD1,TOKENSCONSUMED",
        "usage_date,product_name,custom_field_1,tokens_consumed\n",
        "usage-date,Product-Name,custom-field1,TOKENS_CONSUMED\n",
        "\"Usage Date\",\" productName \",\"customField1\",\"tokensConsumed\"\n",
        "\xEF\xBB\xBFusageDate,productName,customField1,tokensConsumed\n",
        "\xEF\xBB\xBF\"Usage Date\",productName,customField1,tokensConsumed\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        expect_places(lines[i], in_order, 4);
}

static void the_order_of_columns_does_not_matter(void **state)
{
    (void)state;
    static const size_t reversed[] = {3, 2, 1, 0};
    static const size_t mixed[] = {1, 3, 0, 2};
    expect_places("Tokens Consumed,Custom Field 1,Product Name,Usage Date\n", reversed, 4);
    expect_places("customField1,usageDate,tokensConsumed,productName\n", mixed, 4);
}

static void columns_that_nobody_asked_for_are_listed(void **state)
{
    (void)state;
    SCOPED(match) struct match match;
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    assert_true(match_names(&match, &names,
                            "Tenant Name,usageDate,productName,,customField1,tokensConsumed,tenant name\n"));
    assert_int_equal(match.header.width, 7);
    assert_int_equal(match.header.places[0], 1);
    assert_int_equal(match.header.places[3], 5);
    assert_int_equal(match.header.nameless_count, 1);
    assert_int_equal(match.header.nameless[0], 3);
    assert_int_equal(match.header.extra.count, 2);
    export_header_put_names(&text, &match.header.extra);
    assert_string_equal(buf_text(&text), "`Tenant Name`, `tenant name`");
}

static void there_need_be_no_extra_columns(void **state)
{
    (void)state;
    SCOPED(match) struct match match;
    assert_true(match_names(&match, &names, "usageDate,productName,customField1,tokensConsumed\n"));
    assert_int_equal(match.header.extra.count, 0);
}

/* The message and the hint are all that there is to go by. */
static void expect_refusal(const char *line, const char *text, const char *hint)
{
    SCOPED(match) struct match match;
    assert_false(match_names(&match, &names, line));
    assert_int_equal(match.err.kind, ERR_DATA);
    assert_string_equal(match.err.text, text);
    assert_string_equal(match.err.hint, hint);
}

static void all_missing_columns_are_named(void **state)
{
    (void)state;
    expect_refusal("usageDate,customField1\n",
                   "the header lacks `productName`, `tokensConsumed`; it has `usageDate`, `customField1`",
                   "");
}

static void a_longer_name_is_another_one(void **state)
{
    (void)state;
    expect_refusal("usageDates,productName,customField1,tokensConsumed\n",
                   "the header lacks `usageDate`; it has `usageDates`, `productName`, `customField1`, "
                   "`tokensConsumed`",
                   "");
}

static void a_custom_field_may_have_another_name(void **state)
{
    (void)state;
    expect_refusal("Usage Date,Product Name,Cost Centre,Tokens Consumed\n",
                   "the header lacks `customField1`; it has `Usage Date`, `Product Name`, `Cost Centre`, "
                   "`Tokens Consumed`",
                   "the file may call a custom field by the contract's own name for it, which is not known "
                   "here; `source: query` does not need it. Not requested: `Cost Centre`");
}

static void a_custom_field_that_nothing_stands_for_is_just_missing(void **state)
{
    (void)state;
    expect_refusal("usageDate,productName,tokensConsumed\n",
                   "the header lacks `customField1`; it has `usageDate`, `productName`, `tokensConsumed`",
                   "");
}

static void two_columns_of_one_name_are_ambiguous(void **state)
{
    (void)state;
    expect_refusal("usageDate,Product Name,customField1,tokensConsumed,product_name\n",
                   "the header has two columns that may be `productName`: `Product Name` and `product_name`",
                   "");
}

static void one_column_for_two_names_is_ambiguous(void **state)
{
    (void)state;
    static const char *twins[] = {"costCentre", "cost_centre"};
    static const struct text_list wanted = {twins, COUNT_OF(twins)};
    SCOPED(match) struct match match;
    assert_false(match_names(&match, &wanted, "Cost Centre,x\n"));
    assert_int_equal(match.err.kind, ERR_DATA);
    assert_string_equal(match.err.text,
                        "the header's column `Cost Centre` may be `costCentre` or `cost_centre`");
}

static void a_row_is_no_header(void **state)
{
    (void)state;
    static const char *plain[] = {"usageDate", "tokensConsumed"};
    static const struct text_list wanted = {plain, COUNT_OF(plain)};
    SCOPED(match) struct match match;
    assert_false(match_names(&match, &wanted, "2026-01-01,\"a\nb\"\n"));
    assert_int_equal(match.err.kind, ERR_DATA);
    assert_string_equal(match.err.text, "there is no header: the first line has none of the requested "
                                        "columns, `usageDate`, `tokensConsumed`; it has `2026-01-01`, `a?b`");
}

static void an_empty_line_is_no_header(void **state)
{
    (void)state;
    static const char *plain[] = {"usageDate"};
    static const struct text_list wanted = {plain, COUNT_OF(plain)};
    SCOPED(match) struct match match;
    assert_false(match_names(&match, &wanted, "\"\"\n"));
    assert_string_equal(
        match.err.text,
        "there is no header: the first line has none of the requested columns, `usageDate`; it has ``");
}

static void a_long_list_is_cut_and_counted(void **state)
{
    (void)state;
    const char *items[100];
    struct text_list many = {items, COUNT_OF(items)};
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = "a name of 22 bytes now";
    export_header_put_names(&text, &many);
    assert_true(text.length < 540);
    assert_non_null(strstr(buf_text(&text), "now`, `a name of 22 bytes now` and 82 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match_however_they_are_written),
        cmocka_unit_test(the_order_of_columns_does_not_matter),
        cmocka_unit_test(columns_that_nobody_asked_for_are_listed),
        cmocka_unit_test(there_need_be_no_extra_columns),
        cmocka_unit_test(all_missing_columns_are_named),
        cmocka_unit_test(a_longer_name_is_another_one),
        cmocka_unit_test(a_custom_field_may_have_another_name),
        cmocka_unit_test(a_custom_field_that_nothing_stands_for_is_just_missing),
        cmocka_unit_test(two_columns_of_one_name_are_ambiguous),
        cmocka_unit_test(one_column_for_two_names_is_ambiguous),
        cmocka_unit_test(a_row_is_no_header),
        cmocka_unit_test(an_empty_line_is_no_header),
        cmocka_unit_test(a_long_list_is_cut_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
