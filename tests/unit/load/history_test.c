/* load/history: what the tables of old versions are called. */
#include "load/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 55 characters: the longest table with a history. */
#define LONG_55 "a23456789_b23456789_c23456789_d23456789_e23456789_f2345"

static void a_history_is_named_after_its_table(void **state)
{
    (void)state;
    struct err err = {0};
    struct history_names names;
    assert_true(history_name("tokenflex", "usage", &names, &err));
    assert_string_equal(names.history, "usage_history");
    assert_string_equal(names.as_of, "usage_as_of");
    assert_true(history_name("tokenflex", LONG_55, &names, &err));
    assert_int_equal(strlen(names.history), 63);
}

static void a_table_whose_history_would_have_too_long_a_name_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    struct history_names names;
    assert_false(history_name("tokenflex", LONG_55 "6", &names, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, LONG_55 "6_history, would pass PostgreSQL's 63 bytes"));
}

static void a_history_that_was_set_aside_is_named_after_its_grain(void **state)
{
    (void)state;
    char name[JOB_COLUMN_NAME];
    assert_string_equal(history_past_name("usage", "productName\nusageDate", false, name),
                        "usage_history_by_product_name_usage_date");
    assert_string_equal(history_past_name("usage", "", false, name), "usage_history_by_nothing");
    assert_string_equal(history_past_name("usage", "Größe", false, name), "usage_history_by_größe");
}

static void a_name_that_is_too_long_is_cut_and_told_apart(void **state)
{
    (void)state;
    char one[JOB_COLUMN_NAME];
    char other[JOB_COLUMN_NAME];
    history_past_name("daily_usage_by_user", "machineName\nproductName\nusageDate\nuserName", false, one);
    history_past_name("daily_usage_by_user", "machineName\nproductName\nusageDate\nuserNumber", false, other);
    assert_int_equal(strlen(one), 63);
    assert_int_equal(strncmp(one, other, 54), 0);
    assert_string_not_equal(one, other);
}

static void a_name_of_a_distributed_table_leaves_room_for_the_number_of_a_shard(void **state)
{
    (void)state;
    char name[JOB_COLUMN_NAME];
    history_past_name("daily_usage_by_user", "machineName\nproductName\nusageDate\nuserName", true, name);
    assert_int_equal(strlen(name), 51);
    assert_string_equal(history_past_name("usage", "usageDate", true, name), "usage_history_by_usage_date");
}

static void a_name_is_cut_between_characters(void **state)
{
    (void)state;
    char name[JOB_COLUMN_NAME];
    history_past_name("usage", "ääääääääääääääääääääääää", false, name);
    assert_true(text_is_utf8(name, strlen(name)));
    assert_true(strlen(name) <= 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_is_named_after_its_table),
        cmocka_unit_test(a_table_whose_history_would_have_too_long_a_name_is_refused),
        cmocka_unit_test(a_history_that_was_set_aside_is_named_after_its_grain),
        cmocka_unit_test(a_name_that_is_too_long_is_cut_and_told_apart),
        cmocka_unit_test(a_name_of_a_distributed_table_leaves_room_for_the_number_of_a_shard),
        cmocka_unit_test(a_name_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
