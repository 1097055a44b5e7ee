/* The simulator's world as it is known at a moment: late reports, and what the service learns later. */
#include "asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAY "\"where\":\"usageMonth = '2026-05-01'\""
#define TOKENS "\"metrics\":[\"tokensConsumed\"]"
#define MAY_TOKENS "{" TOKENS "," MAY "}"

static struct config *known_on(const char *today, const char *changes)
{
    char *settings = mem_format("{\"today\":\"%s\",\"changes\":[%s]}", today, changes);
    struct config *config = asked_config(settings);

    free(settings);
    return config;
}

/* A figure of May as it is known on a day. */
static int64_t sum_on(const char *today, const char *changes, const char *body)
{
    struct config *config = known_on(today, changes);
    int64_t sum = asked_sum(config, body);

    config_release(config);
    return sum;
}

static int64_t count_on(const char *today, const char *changes, const char *body)
{
    struct config *config = known_on(today, changes);
    int64_t count = (int64_t)asked_count(config, body);

    config_release(config);
    return count;
}

static void a_month_grows_until_its_late_reports_are_in(void **state)
{
    (void)state;
    int64_t first = sum_on("2026-06-01", "", MAY_TOKENS), later = sum_on("2026-06-14", "", MAY_TOKENS);

    assert_true(first < later);
    assert_int_equal(later, sum_on("2026-07-31", "", MAY_TOKENS));
}

static void a_change_is_unknown_before_its_day(void **state)
{
    (void)state;
    static const char *const change = "{\"what\":\"restate\",\"known\":\"2026-06-20\",\"tokens\":\"2.5\"}";

    assert_int_equal(sum_on("2026-06-19", change, MAY_TOKENS), sum_on("2026-06-19", "", MAY_TOKENS));
    assert_true(sum_on("2026-06-20", change, MAY_TOKENS) > sum_on("2026-06-20", "", MAY_TOKENS));
}

static void a_restatement_adds_its_tokens_to_each_record_it_means(void **state)
{
    (void)state;
    static const char *const change = "{\"what\":\"restate\",\"known\":\"2026-06-20\",\"category\":\"DESKTOP_"
                                      "PRODUCT\",\"charge\":\"CHARGED\","
                                      "\"from\":\"2026-05-04\",\"to\":\"2026-05-05\",\"tokens\":\"-0.25\"}";
    int64_t records = count_on("2026-06-20", "",
                               "{\"fields\":[\"chargedItemID\"],\"usageCategory\":[\"DESKTOP_PRODUCT\"],"
                               "\"where\":\"usageDate = '2026-05-04' AND chargeCategory = 'CHARGED'\"}");

    assert_true(records > 10);
    assert_int_equal(sum_on("2026-06-20", change, MAY_TOKENS),
                     sum_on("2026-06-20", "", MAY_TOKENS) - records * 250);
}

static void late_data_is_missing_before_it_comes(void **state)
{
    (void)state;
    static const char *const change =
        "{\"what\":\"late\",\"known\":\"2026-07-01\",\"from\":\"2026-05-04\",\"to\":\"2026-05-06\"}";
    static const char *const days = "{\"fields\":[\"usageDate\"]," MAY "}";

    assert_int_equal(count_on("2026-06-30", change, days), 29);
    assert_int_equal(count_on("2026-07-01", change, days), 31);
    assert_int_equal(sum_on("2026-07-01", change, MAY_TOKENS), sum_on("2026-07-01", "", MAY_TOKENS));
}

static void a_renamed_user_keeps_the_tokens(void **state)
{
    (void)state;
    static const char *const change =
        "{\"what\":\"rewrite\",\"known\":\"2026-07-01\",\"user\":\"jörg.müller\","
        "\"field\":\"userName\",\"value\":\"jörg.müller@contoso.example\"}";
    static const char *const before = "{" TOKENS ",\"where\":\"userName = 'jörg.müller'\"}";
    static const char *const after = "{" TOKENS ",\"where\":\"userName = 'jörg.müller@contoso.example'\"}";

    assert_true(sum_on("2026-07-01", "", before) > 0);
    assert_int_equal(sum_on("2026-07-01", change, before), 0);
    assert_int_equal(sum_on("2026-07-01", change, after), sum_on("2026-07-01", "", before));
    assert_int_equal(count_on("2026-07-01", change, "{\"fields\":[\"userName\"]}"),
                     count_on("2026-07-01", "", "{\"fields\":[\"userName\"]}"));
}

static void a_user_with_the_name_of_another_one_is_the_same(void **state)
{
    (void)state;
    static const char *const change =
        "{\"what\":\"rewrite\",\"known\":\"2026-07-01\",\"user\":\"jörg.müller\","
        "\"field\":\"userName\",\"value\":\"o'brien\"}";

    assert_int_equal(count_on("2026-07-01", change, "{\"fields\":[\"userName\"]}"),
                     count_on("2026-07-01", "", "{\"fields\":[\"userName\"]}") - 1);
}

static void a_department_that_is_another_one_changes_no_total(void **state)
{
    (void)state;
    static const char *const change = "{\"what\":\"rewrite\",\"known\":\"2026-07-01\",\"user\":\"o'brien\","
                                      "\"field\":\"customField1\",\"value\":\"Moon Base\"}";
    int64_t moved = sum_on("2026-07-01", change, "{" TOKENS ",\"where\":\"customField1 = 'Moon Base'\"}");

    assert_true(moved > 0);
    assert_int_equal(moved, sum_on("2026-07-01", "", "{" TOKENS ",\"where\":\"userName = 'o''brien'\"}"));
    assert_int_equal(sum_on("2026-07-01", change, MAY_TOKENS), sum_on("2026-07-01", "", MAY_TOKENS));
}

static void a_vanished_user_leaves_nothing(void **state)
{
    (void)state;
    static const char *const change = "{\"what\":\"vanish\",\"known\":\"2026-07-01\",\"user\":\"o'brien\"}";
    static const char *const body = "{" TOKENS ",\"where\":\"userName = 'o''brien'\"}";

    assert_true(sum_on("2026-06-30", change, body) > 0);
    assert_int_equal(count_on("2026-07-01", change, body), 0);
}

static void an_adjustment_is_dated_back(void **state)
{
    (void)state;
    static const char *const change = "{\"what\":\"adjust\",\"known\":\"2026-07-01\",\"from\":\"2026-05-10\","
                                      "\"tokens\":\"-12.5\",\"pool\":\"MY\"}";
    static const char *const body = "{" TOKENS ",\"usageCategory\":[\"MANUAL_ADJUSTMENT\"]," MAY "}";

    assert_int_equal(sum_on("2026-07-01", change, body), sum_on("2026-07-01", "", body) - 12500);
    assert_int_equal(sum_on("2026-06-30", change, body), sum_on("2026-06-30", "", body));
    assert_int_equal(
        sum_on("2026-07-01", change,
               "{" TOKENS ",\"usageCategory\":[\"MANUAL_ADJUSTMENT\"],\"where\":\"tokenPool = 'MY' AND "
               "usageMonth = '2026-05-01'\"}"),
        sum_on("2026-07-01", "",
               "{" TOKENS ",\"usageCategory\":[\"MANUAL_ADJUSTMENT\"],\"where\":\"tokenPool = 'MY' AND "
               "usageMonth = '2026-05-01'\"}") -
            12500);
}

static void a_change_that_means_nobody_is_refused(void **state)
{
    (void)state;
    struct config *base = config_default();
    struct json_object *change = json_read(
        "{\"changes\":[{\"what\":\"vanish\",\"known\":\"2026-07-01\",\"user\":\"nobody of that name\"}]}");
    char *reason = NULL;

    assert_null(config_change(base, change, &reason));
    assert_string_equal(reason, "changes[0]: no such user: nobody of that name");
    free(reason);
    json_object_put(change);
    config_release(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_grows_until_its_late_reports_are_in),
        cmocka_unit_test(a_change_is_unknown_before_its_day),
        cmocka_unit_test(a_restatement_adds_its_tokens_to_each_record_it_means),
        cmocka_unit_test(late_data_is_missing_before_it_comes),
        cmocka_unit_test(a_renamed_user_keeps_the_tokens),
        cmocka_unit_test(a_user_with_the_name_of_another_one_is_the_same),
        cmocka_unit_test(a_department_that_is_another_one_changes_no_total),
        cmocka_unit_test(a_vanished_user_leaves_nothing),
        cmocka_unit_test(an_adjustment_is_dated_back),
        cmocka_unit_test(a_change_that_means_nobody_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
