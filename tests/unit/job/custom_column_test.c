#include "job/custom_column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The columns of the first fields, one after the other, with blanks between. */
static void assert_columns(const char *const *names, size_t count, const char *expected)
{
    const char *all[CATALOGUE_CUSTOM_FIELDS] = {0};
    char text[CATALOGUE_CUSTOM_FIELDS * (JOB_COLUMN_NAME + 1)] = "";
    struct custom_columns columns;
    memcpy(all, names, count * sizeof *names);
    custom_columns_make(all, &columns);
    for (size_t i = 0; i < count; i++) {
        strcat(text, i ? " " : "");
        strcat(text, columns.items[i]);
    }
    assert_string_equal(text, expected);
}

#define ASSERT_COLUMNS(expected, ...)                                                                        \
    assert_columns((const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})),       \
                   expected)

static void a_name_becomes_snake_case(void **state)
{
    (void)state;
    ASSERT_COLUMNS("department cost_center costcenter_eu project_id r_d", "Department", "costCenter",
                   " Costcenter (EU) ", "Project-ID", "__R&D__");
}

static void a_field_without_a_name_has_no_column(void **state)
{
    (void)state;
    ASSERT_COLUMNS("site  region", "Site", NULL, "Region");
}

static void a_name_of_another_script_keeps_its_letters(void **state)
{
    (void)state;
    ASSERT_COLUMNS("地理 größe kosten_stelle 地理_4", "地理", "Größe", "KostenStelle", "地理");
}

static void a_name_without_letters_leaves_the_field_its_own_column(void **state)
{
    (void)state;
    ASSERT_COLUMNS("custom_field1 custom_field2", "&&&", "–€–");
}

static void a_long_name_of_another_script_is_cut_at_a_characters_end(void **state)
{
    (void)state;
    ASSERT_COLUMNS("x部門の名前部門の名前部門の名前部門 x部門の名前部門の名前部門の名前部門_2",
                   "x部門の名前部門の名前部門の名前部門の名前部門一",
                   "x部門の名前部門の名前部門の名前部門の名前部門二");
}

static void a_name_that_comes_again_has_its_fields_number(void **state)
{
    (void)state;
    ASSERT_COLUMNS("region region_2 region_3", "Region", "region", "REGION ");
    ASSERT_COLUMNS("region_3 region region_3_3 region_4", "Region 3", "Region", "Region 3", "Region");
    ASSERT_COLUMNS("region_3 region custom_field3", "Region 3", "Region", "Region");
}

static void what_is_taken_has_custom_in_front(void **state)
{
    (void)state;
    ASSERT_COLUMNS(
        "custom_user_name custom_tokens_consumed custom_contract_number custom_xmin custom_user_name_5",
        "User Name", "tokensConsumed", "Contract Number", "xmin", "UserName");
}

static void a_field_never_has_the_column_of_another(void **state)
{
    (void)state;
    ASSERT_COLUMNS("custom_custom_field2 custom_field2", "Custom Field2", "&&&");
}

static void a_word_of_sql_has_custom_in_front(void **state)
{
    (void)state;
    ASSERT_COLUMNS("custom_group custom_user custom_order custom_end", "Group", "USER", "Order", "end");
}

static void a_name_that_begins_with_a_digit_has_custom_in_front(void **state)
{
    (void)state;
    ASSERT_COLUMNS("custom_2nd_level", "2nd level");
}

static void a_long_name_is_cut_and_still_comes_once(void **state)
{
    (void)state;
    ASSERT_COLUMNS("abcdefghij_abcdefghij_abcdefghij_abcdefghij_abcdefghi "
                   "abcdefghij_abcdefghij_abcdefghij_abcdefghij_abcdefghi_2",
                   "abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij",
                   "abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij else");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_becomes_snake_case),
        cmocka_unit_test(a_field_without_a_name_has_no_column),
        cmocka_unit_test(a_name_of_another_script_keeps_its_letters),
        cmocka_unit_test(a_name_without_letters_leaves_the_field_its_own_column),
        cmocka_unit_test(a_long_name_of_another_script_is_cut_at_a_characters_end),
        cmocka_unit_test(a_name_that_comes_again_has_its_fields_number),
        cmocka_unit_test(what_is_taken_has_custom_in_front),
        cmocka_unit_test(a_field_never_has_the_column_of_another),
        cmocka_unit_test(a_word_of_sql_has_custom_in_front),
        cmocka_unit_test(a_name_that_begins_with_a_digit_has_custom_in_front),
        cmocka_unit_test(a_long_name_is_cut_and_still_comes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
