/* api/usage_last: what the service says has moved, made sure of. */
#include "api/metadata_inner.h"
#include "api/usage_last_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LINE(category, charge, usage, process)                                                               \
    "{\"usageCategory\":" category ",\"chargeCategory\":" charge ",\"lastUsageDate\":" usage                 \
    ",\"lastProcessDate\":" process "}"
#define GOOD LINE("\"CLOUD_SERVICE\"", "\"CHARGED\"", "\"2018-03-02\"", "\"2018-03-01\"")

static bool read_text(const char *text, struct arena *arena, struct source_pairs *pairs, struct err *err)
{
    struct metadata metadata;
    struct metadata_request request = {.dataset = dataset_find("usage_last"), .contract = "11000000001"};
    struct metadata_body body = {text, strlen(text)};
    return metadata_read(&request, body, arena, &metadata, err) &&
           usage_last_of(&metadata, "11000000001", arena, pairs, err);
}

static struct source_pairs read_well(const char *text, struct arena *arena)
{
    struct source_pairs pairs;
    struct err err = {0};
    if (!read_text(text, arena, &pairs, &err))
        fail_msg("%s", err.text);
    return pairs;
}

static void expect_refused(const char *text, const char *words)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct source_pairs pairs;
    struct err err = {0};
    assert_false(read_text(text, arena, &pairs, &err));
    if (err.kind != ERR_DATA || !strstr(err.text, words))
        fail_msg("expected \"%s\", got %s: %s", words, err_kind_info(err.kind)->name, err.text);
}

static void a_line_is_a_pair_with_its_dates(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct source_pairs pairs = read_well("[" GOOD "]", arena);
    assert_int_equal(pairs.count, 1);
    assert_int_equal(pairs.items[0].category, CATEGORY_CLOUD_SERVICE);
    assert_string_equal(pairs.items[0].charge_category, "CHARGED");
    assert_true(pairs.items[0].has_usage_date && pairs.items[0].has_process_date);
    assert_int_equal(pairs.items[0].last_usage_date, 17592);
    assert_int_equal(pairs.items[0].last_process_date, 17591);
}

static void an_old_name_is_that_of_today(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct source_pairs pairs =
        read_well("[" LINE("\"PRODUCT_CONSUMPTION\"", "\"N/A\"", "null", "null") "]", arena);
    assert_int_equal(pairs.items[0].category, CATEGORY_DESKTOP_PRODUCT);
}

static void a_date_may_be_null_or_have_a_time(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct source_pairs pairs =
        read_well("[" LINE("\"CLOUD_PRODUCT\"", "\"FREE\"", "null", "\"2018-03-01T16:24:53Z\"") "]", arena);
    assert_false(pairs.items[0].has_usage_date);
    assert_int_equal(pairs.items[0].last_process_date, 17591);
}

static void an_empty_list_has_no_pairs(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_int_equal(read_well("[]", arena).count, 0);
}

/* Manual entries and cloud services have none. */
static void a_line_without_a_charge_category_is_a_pair_of_its_own(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct source_pairs pairs =
        read_well("[" LINE("\"CLOUD_SERVICE\"", "null", "null", "null") "," LINE(
                      "\"CLOUD_SERVICE\"", "\"FREE\"", "null", "null") "," LINE("\"MANUAL_ADJUSTMENT\"",
                                                                                "\"\"", "null", "null") "]",
                  arena);
    assert_int_equal(pairs.count, 3);
    assert_string_equal(pairs.items[0].charge_category, "");
    assert_string_equal(pairs.items[2].charge_category, "");
}

static void what_is_not_understood_is_refused_as_a_whole(void **state)
{
    (void)state;
    expect_refused(
        "[" GOOD "," LINE("\"RENDERING\"", "\"FREE\"", "null", "null") "]",
        "line 2 of the answer about contract 11000000001: usageCategory `RENDERING` is not a valid usage");
    expect_refused("[" LINE("7", "\"FREE\"", "null", "null") "]", "usageCategory `7`");
    expect_refused("[" LINE("\"CLOUD_PRODUCT\"", "7", "null", "null") "]", "chargeCategory `7`");
    expect_refused("[" LINE("\"CLOUD_PRODUCT\"", "\"FREE\"", "\"yesterday\"", "null") "]",
                   "lastUsageDate `yesterday` is not a valid date");
    expect_refused("[" LINE("\"CLOUD_PRODUCT\"", "\"FREE\"", "null", "20180301") "]",
                   "lastProcessDate `20180301` is not a valid date");
    expect_refused("[" LINE("\"CLOUD_PRODUCT\"", "\"FREE\"", "null", "\"2018-02-30\"") "]",
                   "is not a valid date");
}

static void a_pair_comes_once(void **state)
{
    (void)state;
    expect_refused(
        "[" GOOD "," GOOD "]",
        "lines 1 and 2 of the answer about contract 11000000001 are both of CLOUD_SERVICE CHARGED");
    expect_refused("[" GOOD "," LINE("\"CLOUD_CONSUMPTION\"", "\"CHARGED\"", "null", "null") "]",
                   "lines 1 and 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_pair_with_its_dates),
        cmocka_unit_test(an_old_name_is_that_of_today),
        cmocka_unit_test(a_date_may_be_null_or_have_a_time),
        cmocka_unit_test(an_empty_list_has_no_pairs),
        cmocka_unit_test(a_line_without_a_charge_category_is_a_pair_of_its_own),
        cmocka_unit_test(what_is_not_understood_is_refused_as_a_whole),
        cmocka_unit_test(a_pair_comes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
