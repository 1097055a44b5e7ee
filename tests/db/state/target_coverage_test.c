/* state/target_coverage: which days of a table were loaded when they were over. */
#include "db/state/fresh.h"
#include "state/target_coverage.h"
#include "state/target_filter.h"

/* 2026-11-01, and the day on which the loads take place. */
#define FIRST 20758
#define TODAY 20779

static const struct target_name daily = {"tokenflex", "daily"};

static struct pg *with_filter(void)
{
    struct err err = {0};
    struct pg *pg = db_fresh();
    const struct target_filter filter = {.job = "nightly", .filter = "", .usage_categories = ""};
    const struct target_record record = {.name = daily,
                                         .job = "nightly",
                                         .grain = "usageDate",
                                         .key = "usageDate",
                                         .columns = "usageDate usage_date"};
    must(target_record_remember(pg, &record, &err) &&
             target_filter_remember(pg, &daily, CONTRACT, &filter, &err),
         &err);
    return pg;
}

static void add(struct pg *pg, const struct window *window)
{
    struct err err = {0};
    must(target_coverage_add(pg, &daily, CONTRACT, window, TODAY, &err), &err);
}

static void expect_covered(struct pg *pg, const char *expected)
{
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"), expected);
}

static void a_load_covers_its_window(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_filter();
    add(pg, &(struct window){true, FIRST, FIRST + 7});
    expect_covered(pg, "{[2026-11-01,2026-11-08)}");
    add(pg, &(struct window){true, FIRST + 10, FIRST + 12});
    expect_covered(pg, "{[2026-11-01,2026-11-08),[2026-11-11,2026-11-13)}");
}

static void a_load_covers_no_day_that_is_not_over(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_filter();
    add(pg, &(struct window){true, TODAY, TODAY + 1});
    expect_covered(pg, "{}");
    add(pg, &(struct window){true, TODAY - 2, TODAY + 1});
    expect_covered(pg, "{[2026-11-20,2026-11-22)}");
}

static void a_load_without_a_window_covers_all_days_that_are_over(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_filter();
    add(pg, &(struct window){0});
    expect_covered(pg, "{(,2026-11-22)}");
}

static void days_that_no_load_has_covered_are_told(void **state)
{
    (void)state;
    struct err err = {0};
    struct target_uncovered uncovered;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = with_filter();
    add(pg, &(struct window){true, FIRST, FIRST + 7});
    must(target_coverage_read(pg, &daily, CONTRACT, &(struct window){true, FIRST + 5, FIRST + 9}, arena,
                              &uncovered, &err),
         &err);
    assert_true(uncovered.some);
    assert_string_equal(uncovered.first_day, "2026-11-08");
    assert_string_equal(uncovered.end_day, "2026-11-10");
    must(target_coverage_read(pg, &daily, CONTRACT, &(struct window){true, FIRST, FIRST + 7}, arena,
                              &uncovered, &err),
         &err);
    assert_false(uncovered.some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_covers_its_window),
        cmocka_unit_test(a_load_covers_no_day_that_is_not_over),
        cmocka_unit_test(a_load_without_a_window_covers_all_days_that_are_over),
        cmocka_unit_test(days_that_no_load_has_covered_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
