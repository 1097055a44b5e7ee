#include "load/partition_range_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static date_t day_of(const char *text)
{
    date_t day;
    assert_true(date_parse(text, strlen(text), &day));
    return day;
}

/* "" is no end. */
static struct partition_range range_of(const char *from, const char *to)
{
    return (struct partition_range){*from ? day_of(from) : PARTITION_NO_BEGIN,
                                    *to ? day_of(to) : PARTITION_NO_END};
}

static void expect_range(struct partition_range range, const char *from, const char *to)
{
    char text[DATE_TEXT];
    assert_string_equal(date_format(range.from, text), from);
    assert_string_equal(date_format(range.to, text), to);
}

static void a_period_is_the_month_or_year_of_the_day(void **state)
{
    (void)state;
    expect_range(partition_range_around(JOB_PARTITION_MONTH, day_of("2026-11-30")), "2026-11-01",
                 "2026-12-01");
    expect_range(partition_range_around(JOB_PARTITION_MONTH, day_of("2026-12-01")), "2026-12-01",
                 "2027-01-01");
    expect_range(partition_range_around(JOB_PARTITION_MONTH, day_of("2024-02-29")), "2024-02-01",
                 "2024-03-01");
    expect_range(partition_range_around(JOB_PARTITION_YEAR, day_of("2026-01-01")), "2026-01-01",
                 "2027-01-01");
    expect_range(partition_range_around(JOB_PARTITION_YEAR, day_of("2026-12-31")), "2026-01-01",
                 "2027-01-01");
}

static void the_newest_partition_tells_how_the_next_is_cut(void **state)
{
    (void)state;
    struct partition_range years_then_months[] = {range_of("", "2024-01-01"),
                                                  range_of("2024-01-01", "2025-01-01"),
                                                  range_of("2025-01-01", "2025-02-01")};
    struct partition_ranges there = {years_then_months, 3};
    assert_int_equal(partition_ranges_new_period(&there, JOB_PARTITION_YEAR), JOB_PARTITION_MONTH);
    there.count = 2;
    assert_int_equal(partition_ranges_new_period(&there, JOB_PARTITION_MONTH), JOB_PARTITION_YEAR);
    there.count = 1;
    assert_int_equal(partition_ranges_new_period(&there, JOB_PARTITION_MONTH), JOB_PARTITION_MONTH);
    there.count = 0;
    assert_int_equal(partition_ranges_new_period(&there, JOB_PARTITION_NONE), JOB_PARTITION_NONE);
}

static void weeks_quarters_and_other_years_tell_nothing(void **state)
{
    (void)state;
    static const char *const others[][2] = {{"2026-11-02", "2026-11-09"},
                                            {"2026-10-01", "2027-01-01"},
                                            {"2026-02-01", "2027-02-01"},
                                            {"2026-11-02", "2026-12-02"}};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct partition_range one = range_of(others[i][0], others[i][1]);
        struct partition_ranges there = {&one, 1};
        assert_int_equal(partition_ranges_new_period(&there, JOB_PARTITION_MONTH), JOB_PARTITION_NONE);
    }
}

/* Of days, one a blank. */
static struct day_set *set_of(const char *days)
{
    struct day_set *set = day_set_make();
    char text[11];
    for (; strlen(days) >= 10; days += days[10] ? 11 : 10) {
        memcpy(text, days, 10);
        text[10] = '\0';
        day_set_add(set, day_of(text));
    }
    return set;
}

static void months_with_rows_and_without_a_partition_are_missing(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(day_set) struct day_set *days = set_of("2026-10-31 2026-11-01 2026-12-01 2026-12-31 2027-02-05");
    struct partition_range november = range_of("2026-11-01", "2026-12-01");
    struct partition_ranges there = {&november, 1};
    struct partition_ranges missing;
    date_t stray;
    assert_true(partition_ranges_find_missing(days, &there, JOB_PARTITION_MONTH, arena, &missing, &stray));
    assert_int_equal(missing.count, 3);
    expect_range(missing.items[0], "2026-10-01", "2026-11-01");
    expect_range(missing.items[1], "2026-12-01", "2027-01-01");
    expect_range(missing.items[2], "2027-02-01", "2027-03-01");
}

static void open_partitions_hold_all_days_on_their_side(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(day_set) struct day_set *days = set_of("2010-01-01 2026-06-15 2040-01-01");
    struct partition_range ends[] = {range_of("", "2026-01-01"), range_of("2027-01-01", "")};
    struct partition_ranges there = {ends, 2};
    struct partition_ranges missing;
    date_t stray;
    assert_true(partition_ranges_find_missing(days, &there, JOB_PARTITION_YEAR, arena, &missing, &stray));
    assert_int_equal(missing.count, 1);
    expect_range(missing.items[0], "2026-01-01", "2027-01-01");
}

static void a_day_whose_period_overlaps_a_partition_is_stray(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(day_set) struct day_set *days = set_of("2026-11-15 2026-11-20");
    struct partition_range half = range_of("2026-11-01", "2026-11-16");
    struct partition_ranges there = {&half, 1};
    struct partition_ranges missing;
    date_t stray;
    assert_false(partition_ranges_find_missing(days, &there, JOB_PARTITION_MONTH, arena, &missing, &stray));
    assert_int_equal(stray, day_of("2026-11-20"));
    expect_range(partition_ranges_gap(&there, stray), "2026-11-16", "2026-12-01");
}

static void without_a_pattern_every_day_without_a_partition_is_stray(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(day_set) struct day_set *days = set_of("2026-11-03 2026-11-20");
    struct partition_range weeks[] = {range_of("2026-11-02", "2026-11-09"),
                                      range_of("2026-11-23", "2026-11-30")};
    struct partition_ranges there = {weeks, 2};
    struct partition_ranges missing;
    date_t stray;
    assert_false(partition_ranges_find_missing(days, &there, JOB_PARTITION_NONE, arena, &missing, &stray));
    assert_int_equal(stray, day_of("2026-11-20"));
    expect_range(partition_ranges_gap(&there, stray), "2026-11-09", "2026-11-23");
}

static void partitions_hold_some_day_or_none(void **state)
{
    (void)state;
    struct partition_range weeks[] = {range_of("", "2026-11-09"), range_of("2026-11-23", "2026-11-30")};
    struct partition_ranges there = {weeks, 2};
    SCOPED(day_set) struct day_set *some = set_of("2026-11-10 2026-11-29");
    SCOPED(day_set) struct day_set *none = set_of("2026-11-10 2026-11-30");
    SCOPED(day_set) struct day_set *before = set_of("2001-01-01");
    assert_true(partition_ranges_hold_some(&there, some));
    assert_false(partition_ranges_hold_some(&there, none));
    assert_true(partition_ranges_hold_some(&there, before));
}

static void a_range_holds_all_days_or_not(void **state)
{
    (void)state;
    struct partition_range november = range_of("2026-11-01", "2026-12-01");
    static const struct {
        const char *days;
        bool all;
    } cases[] = {{"2026-11-01 2026-11-30", true},
                 {"2026-10-31 2026-11-30", false},
                 {"2026-11-01 2026-12-01", false},
                 {"", true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(day_set) struct day_set *days = set_of(cases[i].days);
        assert_int_equal(partition_range_holds_all(november, days), cases[i].all);
    }
}

static void expect_name(const char *table, struct partition_range range, unsigned number,
                        const char *expected)
{
    char name[JOB_COLUMN_NAME];
    assert_string_equal(partition_range_name(table, range, number, name), expected);
}

static void a_name_tells_the_period(void **state)
{
    (void)state;
    expect_name("usage", range_of("2026-11-01", "2026-12-01"), 1, "usage_p2026_11");
    expect_name("usage", range_of("2026-11-01", "2026-12-01"), 2, "usage_p2026_11_2");
    expect_name("usage", range_of("2026-01-01", "2027-01-01"), 1, "usage_p2026");
    expect_name("usage", range_of("2026-11-09", "2026-11-23"), 1, "usage_p20261109_20261123");
}

/* 63 bytes are PostgreSQL's limit: it would cut the period off, and all partitions would have one name. */
static void a_name_that_is_too_long_is_cut_in_the_tables_part(void **state)
{
    (void)state;
    struct partition_range november = range_of("2026-11-01", "2026-12-01");
    char longest[64];
    char other[64];
    char name[JOB_COLUMN_NAME];
    char name_of_other[JOB_COLUMN_NAME];
    memset(longest, 'a', 63);
    longest[63] = '\0';
    strcpy(other, longest);
    other[62] = 'b';
    partition_range_name(longest, november, 1, name);
    partition_range_name(other, november, 1, name_of_other);
    assert_int_equal(strlen(name), 63);
    assert_string_equal(name + 63 - 9, "_p2026_11");
    assert_string_not_equal(name, name_of_other);
    longest[54] = '\0';
    expect_name(longest, november, 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_p2026_11");
}

static void the_statement_for_the_owner_is_whole(void **state)
{
    (void)state;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    partition_range_put_create("tokenflex", "my usage", range_of("2026-11-01", "2026-12-01"), &sql);
    assert_string_equal(
        buf_text(&sql),
        "create table \"tokenflex\".\"my usage_p2026_11\" partition of \"tokenflex\".\"my usage\" for values "
        "from ('2026-11-01') to ('2026-12-01')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_is_the_month_or_year_of_the_day),
        cmocka_unit_test(the_newest_partition_tells_how_the_next_is_cut),
        cmocka_unit_test(weeks_quarters_and_other_years_tell_nothing),
        cmocka_unit_test(months_with_rows_and_without_a_partition_are_missing),
        cmocka_unit_test(open_partitions_hold_all_days_on_their_side),
        cmocka_unit_test(a_day_whose_period_overlaps_a_partition_is_stray),
        cmocka_unit_test(without_a_pattern_every_day_without_a_partition_is_stray),
        cmocka_unit_test(partitions_hold_some_day_or_none),
        cmocka_unit_test(a_range_holds_all_days_or_not),
        cmocka_unit_test(a_name_tells_the_period),
        cmocka_unit_test(a_name_that_is_too_long_is_cut_in_the_tables_part),
        cmocka_unit_test(the_statement_for_the_owner_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
