#include "base/buf.h"
#include "base/text.h"
#include "job/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct catalogue_entry *entry(const char *name)
{
    const struct catalogue_entry *found = catalogue_find(name);
    assert_non_null(found);
    return found;
}

static void names_are_found_to_the_letter(void **state)
{
    (void)state;
    assert_string_equal(entry("usageDate")->name, "usageDate");
    assert_null(catalogue_find("usagedate"));
    assert_null(catalogue_find("usageDat"));
    assert_null(catalogue_find(""));
}

static void columns_have_the_documented_types(void **state)
{
    (void)state;
    assert_int_equal(entry("usageDate")->type, COLUMN_DATE);
    assert_int_equal(entry("usageMonth")->type, COLUMN_DATE);
    assert_int_equal(entry("contractYear")->type, COLUMN_INTEGER);
    assert_int_equal(entry("productName")->type, COLUMN_TEXT);
    assert_int_equal(entry("customField10")->type, COLUMN_TEXT);
    assert_int_equal(entry("sessionStartDate")->type, COLUMN_TIMESTAMP);
    assert_int_equal(entry("transactionDate")->type, COLUMN_TIMESTAMP);
    assert_int_equal(entry("tokensConsumed")->type, COLUMN_NUMERIC);
    assert_int_equal(entry("useCount")->type, COLUMN_INTEGER);
    assert_int_equal(entry("uniqueUsers")->type, COLUMN_INTEGER);
}

static void distinct_counts_are_not_additive(void **state)
{
    (void)state;
    assert_false(entry("uniqueUsers")->is_additive);
    assert_false(entry("uniqueProducts")->is_additive);
    assert_true(entry("tokensConsumed")->is_additive);
    assert_true(entry("useCount")->is_additive);
}

/* Compares the entries that satisfy a condition with the names written out, in the order of the catalogue. */
static void assert_names(bool (*wanted)(const struct catalogue_entry *), const char *const *expected,
                         size_t count)
{
    size_t total;
    size_t found = 0;
    const struct catalogue_entry *all = catalogue_all(&total);
    const struct text_list list = {(const char **)(uintptr_t)expected, count};
    for (size_t i = 0; i < total; i++) {
        if (!wanted(&all[i]))
            continue;
        found++;
        assert_true(text_list_has(&list, all[i].name));
    }
    assert_int_equal(found, count);
}

static bool is_session(const struct catalogue_entry *candidate)
{
    return candidate->level == LEVEL_SESSION;
}

static bool is_transaction(const struct catalogue_entry *candidate)
{
    return candidate->level == LEVEL_TRANSACTION;
}

static bool is_either(const struct catalogue_entry *candidate)
{
    return candidate->level == LEVEL_SESSION_OR_TRANSACTION;
}

static bool is_enum(const struct catalogue_entry *candidate)
{
    return candidate->is_enum;
}

static bool is_in_desktop_export(const struct catalogue_entry *candidate)
{
    return candidate->in_desktop_session_export;
}

static bool is_metric(const struct catalogue_entry *candidate)
{
    return candidate->is_metric;
}

static void details_are_of_sessions_or_of_transactions(void **state)
{
    (void)state;
    const char *const sessions[] = {"chargeCategory", "sessionStartDate",
                                    "sessionEndDate", "licenseServerTimeZoneOffset",
                                    "hubId",          "hubName"};
    const char *const transactions[] = {"reasonComment", "transactionDate"};
    const char *const either[] = {"chargedItemID"};
    assert_names(is_session, sessions, COUNT_OF(sessions));
    assert_names(is_transaction, transactions, COUNT_OF(transactions));
    assert_names(is_either, either, COUNT_OF(either));
    assert_string_equal(catalogue_level_name(LEVEL_AGGREGATE), "aggregate");
    assert_string_equal(catalogue_level_name(LEVEL_SESSION_OR_TRANSACTION), "session/transaction");
}

static unsigned set_of(const char *name)
{
    const char *names[] = {name};
    return usage_category_set(&(struct text_list){names, 1});
}

/* yes, no or perhaps */
static const char *answer(const char *field, const char *category)
{
    unsigned set = set_of(category);
    if (catalogue_is_queried(entry(field), set))
        return "yes";
    return catalogue_is_export_only(entry(field), set) ? "no" : "perhaps";
}

static void what_the_query_api_serves_is_by_field_and_usage_category(void **state)
{
    (void)state;
    assert_string_equal(answer("usageDate", "DESKTOP_PRODUCT"), "yes");
    assert_string_equal(answer("usageDate", "CLOUD_SERVICE"), "yes");
    assert_string_equal(answer("chargedItemID", "DESKTOP_PRODUCT"), "no");
    assert_string_equal(answer("chargedItemID", "CLOUD_PRODUCT_CONSUMPTION"), "no");
    assert_string_equal(answer("chargedItemID", "CLOUD_SERVICE"), "perhaps");
    assert_string_equal(answer("chargedItemID", "MANUAL_ADJUSTMENT"), "yes");
    assert_string_equal(answer("chargedItemID", "MANUAL_CONSUMPTION"), "yes");
    assert_string_equal(answer("reasonComment", "MANUAL_CONSUMPTION"), "yes");
    assert_string_equal(answer("sessionStartDate", "DESKTOP_PRODUCT"), "no");
}

static void a_set_of_usage_categories_leaves_out_what_is_not_documented(void **state)
{
    (void)state;
    assert_int_equal(set_of("CLOUD_CONSUMPTION"), 1U << CATEGORY_CLOUD_SERVICE);
    assert_int_equal(set_of("NEW_CATEGORY"), 0);
}

static void enums_are_the_fields_without_wildcards(void **state)
{
    (void)state;
    const char *const names[] = {"tokenPool", "usageCategory", "chargeCategory", "usageType"};
    assert_names(is_enum, names, COUNT_OF(names));
}

static void the_desktop_session_export_has_its_closed_list(void **state)
{
    (void)state;
    const char *const names[] = {
        "usageMonth",      "usageDate",        "contractYear",       "productName",
        "productLineCode", "productVersion",   "productFeatureCode", "userName",
        "machineName",     "sessionStartDate", "sessionEndDate",     "licenseServerTimeZoneOffset",
        "chargedItemID",   "chargeCategory",   "licenseServerName",  "usageType",
        "usageCategory",   "customField1",     "customField2",       "customField3",
        "customField4",    "customField5",     "customField6",       "customField7",
        "customField8",    "customField9",     "customField10",      "tokensConsumed",
        "usageMinutes",    "usageHours"};
    assert_names(is_in_desktop_export, names, COUNT_OF(names));
}

static void metrics_have_units(void **state)
{
    (void)state;
    const char *const names[] = {"tokensConsumed", "quantity",    "usageMinutes",  "usageHours",
                                 "useCount",       "uniqueUsers", "uniqueProducts"};
    assert_names(is_metric, names, COUNT_OF(names));
    assert_string_equal(entry("tokensConsumed")->unit, "tokens");
    assert_string_equal(entry("usageMinutes")->unit, "minutes");
    assert_null(entry("userName")->unit);
}

static void every_entry_has_a_comment(void **state)
{
    (void)state;
    size_t count;
    const struct catalogue_entry *all = catalogue_all(&count);
    assert_int_equal(count, 40);
    for (size_t i = 0; i < count; i++)
        assert_non_null(all[i].comment);
}

static void assert_categories(const char *name, const char *expected)
{
    SCOPED(buf) struct buf found = buf_make(BUF_OWN_TEXT);
    for (enum usage_category i = 0; i < USAGE_CATEGORIES; i++)
        if (catalogue_is_for(entry(name), i))
            buf_print(&found, "%s%s", found.length ? " " : "", usage_categories[i].name);
    assert_string_equal(buf_text(&found), expected);
}

static void fields_know_the_usage_categories_they_are_for(void **state)
{
    (void)state;
    assert_categories("usageDate",
                      "DESKTOP_PRODUCT CLOUD_PRODUCT CLOUD_SERVICE MANUAL_ADJUSTMENT MANUAL_CONSUMPTION");
    assert_categories("chargedItemID",
                      "DESKTOP_PRODUCT CLOUD_PRODUCT CLOUD_SERVICE MANUAL_ADJUSTMENT MANUAL_CONSUMPTION");
    assert_categories("tokensConsumed",
                      "DESKTOP_PRODUCT CLOUD_PRODUCT CLOUD_SERVICE MANUAL_ADJUSTMENT MANUAL_CONSUMPTION");
    assert_categories("usageType", "DESKTOP_PRODUCT");
    assert_categories("hubName", "CLOUD_PRODUCT");
    assert_categories("chargeCategory", "DESKTOP_PRODUCT CLOUD_PRODUCT");
    assert_categories("tokenPool", "MANUAL_ADJUSTMENT");
    assert_categories("reasonType", "MANUAL_ADJUSTMENT MANUAL_CONSUMPTION");
}

static void usage_categories_are_found_by_their_old_names_too(void **state)
{
    (void)state;
    assert_string_equal(usage_category_find("CLOUD_SERVICE")->name, "CLOUD_SERVICE");
    assert_string_equal(usage_category_find("PRODUCT_CONSUMPTION")->name, "DESKTOP_PRODUCT");
    assert_string_equal(usage_category_find("CLOUD_PRODUCT_CONSUMPTION")->name, "CLOUD_PRODUCT");
    assert_string_equal(usage_category_find("CLOUD_CONSUMPTION")->name, "CLOUD_SERVICE");
    assert_null(usage_category_find("desktop_product"));
    assert_null(usage_category_find("CONSUMPTION"));
}

static void custom_fields_are_numbered(void **state)
{
    (void)state;
    assert_int_equal(catalogue_custom_field(entry("customField1")), 1);
    assert_int_equal(catalogue_custom_field(entry("customField10")), 10);
    assert_int_equal(catalogue_custom_field(entry("usageDate")), 0);
}

static void types_are_named_as_postgresql_does(void **state)
{
    (void)state;
    assert_string_equal(column_type_name(COLUMN_BOOLEAN), "boolean");
    assert_string_equal(column_type_name(COLUMN_INTEGER), "bigint");
    assert_string_equal(column_type_name(COLUMN_NUMERIC), "numeric");
    assert_string_equal(column_type_name(COLUMN_DATE), "date");
    assert_string_equal(column_type_name(COLUMN_TIMESTAMP), "timestamp");
    assert_string_equal(column_type_name(COLUMN_TEXT), "text");
}

static void types_are_read_by_their_common_names(void **state)
{
    (void)state;
    enum column_type type;
    assert_true(column_type_parse("integer", &type) && type == COLUMN_INTEGER);
    assert_true(column_type_parse("int", &type) && type == COLUMN_INTEGER);
    assert_true(column_type_parse("bigint", &type) && type == COLUMN_INTEGER);
    assert_true(column_type_parse("decimal", &type) && type == COLUMN_NUMERIC);
    assert_true(column_type_parse("timestamp without time zone", &type) && type == COLUMN_TIMESTAMP);
    assert_true(column_type_parse("text", &type) && type == COLUMN_TEXT);
    assert_false(column_type_parse("timestamptz", &type));
    assert_false(column_type_parse("TEXT", &type));
    assert_false(column_type_parse("", &type));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_to_the_letter),
        cmocka_unit_test(columns_have_the_documented_types),
        cmocka_unit_test(distinct_counts_are_not_additive),
        cmocka_unit_test(details_are_of_sessions_or_of_transactions),
        cmocka_unit_test(what_the_query_api_serves_is_by_field_and_usage_category),
        cmocka_unit_test(a_set_of_usage_categories_leaves_out_what_is_not_documented),
        cmocka_unit_test(enums_are_the_fields_without_wildcards),
        cmocka_unit_test(the_desktop_session_export_has_its_closed_list),
        cmocka_unit_test(metrics_have_units),
        cmocka_unit_test(every_entry_has_a_comment),
        cmocka_unit_test(fields_know_the_usage_categories_they_are_for),
        cmocka_unit_test(usage_categories_are_found_by_their_old_names_too),
        cmocka_unit_test(custom_fields_are_numbered),
        cmocka_unit_test(types_are_named_as_postgresql_does),
        cmocka_unit_test(types_are_read_by_their_common_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
