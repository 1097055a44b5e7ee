/* api/metadata: what the service says of a contract, as rows of cells. */
#include "api/metadata_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NUMBER "\"contractNumber\":\"11000000001\""

static bool read_as(const char *dataset, const char *text, struct arena *arena, struct metadata *metadata,
                    struct err *err)
{
    struct metadata_request request = {.dataset = dataset_find(dataset), .contract = "11000000001"};
    return metadata_read(&request, (struct metadata_body){text, strlen(text)}, arena, metadata, err);
}

/* The cells as text: `"x"` for a text, null, true, false, a number as it is; a row a line. */
static const char *cells_text(const char *dataset, const struct metadata *metadata, struct arena *arena)
{
    const char *text = "";
    size_t width = dataset_find(dataset)->count;
    for (size_t i = 0; i < metadata->row_count * width; i++) {
        const struct cell *cell = &metadata->cells[i];
        static const char *const words[] = {
            [CELL_NULL] = "null", [CELL_TRUE] = "true", [CELL_FALSE] = "false", [CELL_TEXT] = "\""};
        const char *quote = cell->kind == CELL_TEXT ? "\"" : "";
        const char *shown = cell->bytes
                                ? arena_print(arena, "%s%.*s%s", quote, (int)cell->length, cell->bytes, quote)
                                : words[cell->kind];
        text = arena_print(arena, "%s%s%s", text, shown, (i + 1) % width == 0 ? "\n" : " ");
    }
    return text;
}

static void expect_rows(const char *dataset, const char *body, const char *expected)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct metadata metadata;
    struct err err = {0};
    if (!read_as(dataset, body, arena, &metadata, &err))
        fail_msg("%s", err.text);
    assert_string_equal(cells_text(dataset, &metadata, arena), expected);
}

static void expect_refused(const char *dataset, const char *body, enum err_kind kind, const char *words)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct metadata metadata;
    struct err err = {0};
    assert_false(read_as(dataset, body, arena, &metadata, &err));
    if (err.kind != kind || !strstr(err.text, words))
        fail_msg("expected \"%s\", got %s: %s", words, err_kind_info(err.kind)->name, err.text);
}

static void usage_has_categories_of_today(void **state)
{
    (void)state;
    expect_rows(
        "usage_summary",
        "[{\"usageMonth\":\"2018-03-01\",\"contractYear\":\"1\",\"usageCategory\":\"PRODUCT_CONSUMPTION\","
        "\"uniqueUsers\":7,\"tokensConsumed\":60.50},"
        "{\"usageMonth\":\"2018-04\",\"contractYear\":1,\"usageCategory\":\"CLOUD_CONSUMPTION\"},"
        "{\"usageMonth\":null,\"contractYear\":2,\"usageCategory\":\"NEW_ONE\",\"tokensConsumed\":3}]",
        "\"2018-03-01\" \"1\" \"DESKTOP_PRODUCT\" 7 60.50\n"
        "\"2018-04-01\" 1 \"CLOUD_SERVICE\" null null\n"
        "null 2 \"NEW_ONE\" null 3\n");
    expect_rows("usage_last",
                "[{\"usageCategory\":\"CLOUD_PRODUCT_CONSUMPTION\",\"chargeCategory\":\"CHARGED\","
                "\"lastUsageDate\":\"2018-03-02\",\"lastProcessDate\":\"2018-03-01\"},"
                "{\"usageCategory\":\"MANUAL_ADJUSTMENT\",\"chargeCategory\":null}]",
                "\"CLOUD_PRODUCT\" \"CHARGED\" \"2018-03-02\" \"2018-03-01\"\n"
                "\"MANUAL_ADJUSTMENT\" null null null\n");
    expect_rows("usage_last", "[]", "");
}

static void usage_that_is_no_list_of_categories_is_refused(void **state)
{
    (void)state;
    expect_refused("usage_summary", "{}", ERR_UNAVAILABLE,
                   "the answer about contract 11000000001 is not a list");
    expect_refused("usage_last", "[{\"usageCategory\":\"CLOUD_SERVICE\"},{}]", ERR_DATA,
                   "entry 2 of usage_last of contract 11000000001 has no usageCategory");
    expect_refused("usage_last", "[7]", ERR_DATA, "entry 1 of usage_last");
    expect_refused("usage_summary", "[{\"usageCategory\":\"X\",\"tokensConsumed\":[]}]", ERR_DATA,
                   "is not a plain value");
    expect_refused("usage_summary", "[{", ERR_UNAVAILABLE, "is not JSON");
}

static void a_contract_is_one_row(void **state)
{
    (void)state;
    expect_rows("contracts",
                "{" NUMBER ",\"contractName\":\"Example \\u5730\",\"contractStartDate\":\"2025-01-01\","
                "\"contractEndDate\":\"2027-12-31\",\"isActive\":true,\"multiyearProvisionedTokens\":1200,"
                "\"contractYears\":[{\"year\":1}]}",
                "\"Example \u5730\" \"2025-01-01\" \"2027-12-31\" true 1200\n");
}

static void a_number_without_quotes_is_the_same_contract(void **state)
{
    (void)state;
    expect_rows("contracts", "{\"contractNumber\":11000000001,\"isActive\":false}",
                "null null null false null\n");
}

static void each_year_is_a_row(void **state)
{
    (void)state;
    expect_rows(
        "contract_years",
        "{" NUMBER ",\"contractYears\":["
        "{\"year\":1,\"startDate\":\"2025-01-01\",\"endDate\":\"2025-12-31\",\"provisionedTokens\":100,"
        "\"consumedTokens\":40,\"remainingTokens\":60,\"multiyearTokensAtStart\":7,"
        "\"multiyearConsumedTokens\":3},"
        "{\"endDate\":null,\"year\":2}]}",
        "1 \"2025-01-01\" \"2025-12-31\" 100 40 60 7 3\n2 null null null null null null null\n");
}

static void tokens_are_taken_by_their_digits(void **state)
{
    (void)state;
    expect_rows("contract_years",
                "{" NUMBER ",\"contractYears\":[{\"year\":1,\"provisionedTokens\":12345678901234567890123.10,"
                "\"consumedTokens\":0.1000000000000000055511151231257827,\"remainingTokens\":-1.50e2,"
                "\"multiyearTokensAtStart\":18446744073709551616,\"multiyearConsumedTokens\":60.0}]}",
                "1 null null 12345678901234567890123.10 0.1000000000000000055511151231257827 -1.50e2 "
                "18446744073709551616 60.0\n");
}

static void no_years_are_no_rows(void **state)
{
    (void)state;
    expect_rows("contract_years", "{" NUMBER ",\"contractYears\":[]}", "");
    expect_rows("contract_years", "{" NUMBER ",\"contractYears\":null}", "");
}

static void each_custom_field_is_a_row_named_or_not(void **state)
{
    (void)state;
    expect_rows(
        "custom_field_names", "[\"Department\",\"\",\"\u5730\u7406\",null,\"Department\"]",
        "\"customField1\" 1 \"Department\"\n\"customField2\" 2 \"\"\n\"customField3\" 3 \"\u5730\u7406\"\n"
        "\"customField4\" 4 null\n\"customField5\" 5 \"Department\"\n");
    expect_rows("custom_field_names", "[]", "");
}

static void another_contract_is_refused(void **state)
{
    (void)state;
    expect_refused("contracts", "{\"contractNumber\":\"11000000002\"}", ERR_DATA,
                   "the answer about contract 11000000001 is about contract 11000000002");
    expect_refused("contract_years", "{\"contractNumber\":11000000002,\"contractYears\":[]}", ERR_DATA,
                   "is about contract 11000000002");
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    expect_refused("contracts", "{\"contractName\":\"x\"}", ERR_DATA, "has no contractNumber");
    expect_refused("contract_years", "{" NUMBER "}", ERR_DATA, "has no contractYears");
    expect_refused("contract_years", "{" NUMBER ",\"contractYears\":[{\"year\":1},{}]}", ERR_DATA,
                   "entry 2 of the contractYears of contract 11000000001 has no year");
    expect_refused("contract_years", "{" NUMBER ",\"contractYears\":[7]}", ERR_DATA, "entry 1");
}

static void what_has_another_shape_is_refused(void **state)
{
    (void)state;
    expect_refused("contract_years", "{" NUMBER ",\"contractYears\":{}}", ERR_DATA, "are not a list");
    expect_refused("contracts", "{" NUMBER ",\"contractName\":[]}", ERR_DATA,
                   "`contractName` in row 1 of contracts is not a plain value");
    expect_refused("custom_field_names", "{}", ERR_UNAVAILABLE, "is not a list");
    expect_refused("contracts", "[]", ERR_UNAVAILABLE,
                   "the answer about contract 11000000001 is not an object");
    expect_refused("contract_years", "\"busy\"", ERR_UNAVAILABLE, "is not an object");
    expect_refused("custom_field_names", "[\"a\",{}]", ERR_DATA, "the name of customField2");
}

static void what_is_no_json_may_pass(void **state)
{
    (void)state;
    expect_refused("contracts", "<html>", ERR_UNAVAILABLE, "is not JSON");
    expect_refused("custom_field_names", "[\"a\"", ERR_UNAVAILABLE, "is not JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_has_categories_of_today),
        cmocka_unit_test(usage_that_is_no_list_of_categories_is_refused),
        cmocka_unit_test(a_contract_is_one_row),
        cmocka_unit_test(a_number_without_quotes_is_the_same_contract),
        cmocka_unit_test(each_year_is_a_row),
        cmocka_unit_test(tokens_are_taken_by_their_digits),
        cmocka_unit_test(no_years_are_no_rows),
        cmocka_unit_test(each_custom_field_is_a_row_named_or_not),
        cmocka_unit_test(another_contract_is_refused),
        cmocka_unit_test(what_is_not_there_is_refused),
        cmocka_unit_test(what_has_another_shape_is_refused),
        cmocka_unit_test(what_is_no_json_may_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
