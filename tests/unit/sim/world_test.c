/* The simulator's world: one world, whatever is asked of it. */
#include "asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TODAY "\"today\":\"2026-06-10\""
#define SPRING "\"where\":\"usageDate >= '2026-03-01' AND usageDate < '2026-06-01'\""
#define TOKENS "\"metrics\":[\"tokensConsumed\"]"

static struct config *config;

static int begin(void **state)
{
    (void)state;
    config = asked_config("{" TODAY "}");
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_release(config);
    return 0;
}

static void any_fields_add_up_to_the_same_tokens(void **state)
{
    (void)state;
    static const char *const fields[] = {"",
                                         "\"usageDate\",\"productName\",\"userName\"",
                                         "\"usageMonth\"",
                                         "\"contractYear\",\"usageCategory\"",
                                         "\"customField1\",\"productLineCode\"",
                                         "\"machineName\",\"licenseServerName\",\"usageType\"",
                                         "\"usageDate\",\"tokenPool\",\"reasonType\"",
                                         "\"productVersion\",\"Department\",\"somethingNew\""};
    int64_t all = asked_sum(config, "{" TOKENS "," SPRING "}");

    assert_true(all > 10000 * 1000);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char *body = mem_format("{\"fields\":[%s]," TOKENS "," SPRING "}", fields[i]);
        assert_int_equal(asked_sum(config, body), all);
        free(body);
    }
}

static void sessions_add_up_to_the_tokens_of_their_category(void **state)
{
    (void)state;
    int64_t sessions =
        asked_sum(config, "{\"fields\":[\"sessionStartDate\",\"chargedItemID\",\"userName\"]," TOKENS
                          ",\"usageCategory\":[\"DESKTOP_PRODUCT\"]," SPRING "}");
    int64_t days = asked_sum(config, "{\"fields\":[\"usageDate\"]," TOKENS
                                     ",\"usageCategory\":[\"DESKTOP_PRODUCT\"]," SPRING "}");
    assert_int_equal(sessions, days);
}

static void months_add_up_to_their_days_without_regard_to_the_window(void **state)
{
    (void)state;
    int64_t sum = 0;
    for (int month = 3; month <= 5; month++) {
        char *body =
            mem_format("{\"fields\":[\"usageDate\"]," TOKENS
                       ",\"where\":\"usageMonth >= '2026-%02d-01' AND usageMonth < '2026-%02d-01'\"}",
                       month, month + 1);
        sum += asked_sum(config, body);
        free(body);
    }
    assert_int_equal(sum,
                     asked_sum(config, "{\"fields\":[\"usageMonth\",\"userName\"]," TOKENS "," SPRING "}"));
}

/* There is no opposite of LIKE. */
static void a_filter_and_its_opposite_part_the_sum(void **state)
{
    (void)state;
    static const char *const filters[][2] = {
        {"customField1 = 'Engineering'", "customField1 != 'Engineering'"},
        {"userName LIKE '%smith%'", NULL},
        {"productName IN ('AutoCAD', 'Revit')", "productName != 'AutoCAD' AND (productName <> 'Revit')"},
        {"usageDate < '2026-04-10' OR usageDate >= '2026-05-20'",
         "usageDate >= '2026-04-10' AND usageDate < '2026-05-20'"},
        {"usageCategory = 'CLOUD_SERVICE'",
         "usageCategory < 'CLOUD_SERVICE' OR usageCategory > 'CLOUD_SERVICE'"}};
    int64_t all = asked_sum(config, "{" TOKENS "," SPRING "}");

    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        int64_t sums[2] = {0};
        for (int k = 0; k < 2 && filters[i][k] != NULL; k++) {
            char *body =
                mem_format("{" TOKENS ",\"where\":\"(%s) AND usageDate >= '2026-03-01' AND usageDate < "
                           "'2026-06-01'\"}",
                           filters[i][k]);
            sums[k] = asked_sum(config, body);
            free(body);
        }
        assert_true(sums[0] > 0 && sums[0] < all);
        if (filters[i][1] != NULL)
            assert_int_equal(sums[0] + sums[1], all);
    }
}

static void categories_part_the_sum(void **state)
{
    (void)state;
    int64_t one = asked_sum(config, "{" TOKENS ",\"usageCategory\":[\"CLOUD_PRODUCT\"]," SPRING "}");
    int64_t others = asked_sum(config, "{" TOKENS ",\"usageCategory\":[\"DESKTOP_PRODUCT\",\"CLOUD_SERVICE\","
                                       "\"MANUAL_ADJUSTMENT\",\"MANUAL_CONSUMPTION\"]," SPRING "}");
    assert_true(one > 0);
    assert_int_equal(one + others, asked_sum(config, "{" TOKENS "," SPRING "}"));
}

static void the_same_seed_gives_the_same_rows_and_another_one_others(void **state)
{
    (void)state;
    static const char *const body = "{\"fields\":[\"usageDate\",\"userName\",\"productName\"]," TOKENS
                                    ",\"where\":\"usageMonth = '2026-05-01'\"}";
    struct config *again = asked_config("{" TODAY "}"), *other = asked_config("{" TODAY ",\"seed\":2}");
    char *first = asked_rows(config, body), *second = asked_rows(again, body),
         *third = asked_rows(other, body);

    assert_string_equal(first, second);
    assert_string_not_equal(first, third);
    free(first);
    free(second);
    free(third);
    config_release(again);
    config_release(other);
}

static void a_unique_user_is_a_person_of_the_rows(void **state)
{
    (void)state;
    static const char *const window = "\"where\":\"usageMonth = '2026-05-01'\"";
    char *users = mem_format("{\"fields\":[\"userName\"],%s}", window);
    char *unique = mem_format("{\"metrics\":[\"uniqueUsers\"],%s}", window);
    char *by_product = mem_format("{\"fields\":[\"productName\"],\"metrics\":[\"uniqueUsers\"],%s}", window);
    uint64_t count = asked_count(config, users);

    assert_true(count > 50);
    assert_int_equal(asked_sum(config, unique), count * 1000);
    assert_true(asked_sum(config, by_product) > (int64_t)count * 1000);
    free(users);
    free(unique);
    free(by_product);
}

static void people_have_habits(void **state)
{
    (void)state;
    static const char *const of_days = "{" TOKENS ",\"where\":\"usageDate >= '%s' AND usageDate < '%s'\"}";
    static const char *const spans[][2] = {
        {"2026-05-18", "2026-05-23"}, /* Monday to Friday */
        {"2026-05-23", "2026-05-25"}, /* the weekend after */
        {"2025-12-24", "2026-01-02"}, /* the holidays */
        {"2024-03-01", "2024-04-01"}, /* a month with 21 weekdays, and 22 two years later */
        {"2026-03-01", "2026-04-01"}};
    int64_t sums[5];

    for (int i = 0; i < 5; i++) {
        char body[200];
        snprintf(body, sizeof body, of_days, spans[i][0], spans[i][1]);
        sums[i] = asked_sum(config, body);
    }
    assert_true(sums[1] * 10 < sums[0]);
    assert_true(sums[2] * 2 < sums[0]);
    assert_true(sums[3] * 5 < sums[4] * 4);
}

static void a_product_is_charged_once_a_day_and_user(void **state)
{
    (void)state;
    static const char *const window =
        "\"usageCategory\":[\"DESKTOP_PRODUCT\"],\"where\":\"usageMonth = '2026-05-01' AND "
        "chargeCategory = 'CHARGED'\"";
    char *sessions = mem_format("{\"fields\":[\"chargedItemID\"],%s}", window);
    char *days =
        mem_format("{\"fields\":[\"usageDate\",\"userName\",\"machineName\",\"productName\"],%s}", window);

    assert_int_equal(asked_count(config, sessions), asked_count(config, days));
    free(sessions);
    free(days);
}

static void there_is_no_usage_after_today_or_before_the_contract(void **state)
{
    (void)state;
    assert_int_equal(
        asked_count(config, "{\"fields\":[\"usageDate\"],\"where\":\"usageDate >= '2026-06-10'\"}"), 0);
    assert_int_equal(
        asked_count(config, "{\"fields\":[\"usageDate\"],\"where\":\"usageDate >= '2026-06-09'\"}"), 1);
    assert_int_equal(
        asked_count(config, "{\"fields\":[\"usageDate\"],\"where\":\"usageDate < '2024-02-01'\"}"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_fields_add_up_to_the_same_tokens),
        cmocka_unit_test(sessions_add_up_to_the_tokens_of_their_category),
        cmocka_unit_test(months_add_up_to_their_days_without_regard_to_the_window),
        cmocka_unit_test(a_filter_and_its_opposite_part_the_sum),
        cmocka_unit_test(categories_part_the_sum),
        cmocka_unit_test(the_same_seed_gives_the_same_rows_and_another_one_others),
        cmocka_unit_test(a_unique_user_is_a_person_of_the_rows),
        cmocka_unit_test(people_have_habits),
        cmocka_unit_test(a_product_is_charged_once_a_day_and_user),
        cmocka_unit_test(there_is_no_usage_after_today_or_before_the_contract),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
