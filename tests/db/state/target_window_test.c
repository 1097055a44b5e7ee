/* state/target_window: the windows that a table was loaded with. */
#include "db/state/fresh.h"
#include "state/target_record.h"
#include "state/target_window.h"

static const struct target_name daily = {"tokenflex", "daily"};

static struct pg *with_record(void)
{
    struct err err = {0};
    struct pg *pg = db_fresh();
    const struct target_record record = {.name = daily,
                                         .job = "nightly",
                                         .grain = "productName",
                                         .key = "productName",
                                         .columns = "productName product_name",
                                         .windowed = true};
    must(target_record_remember(pg, &record, &err), &err);
    return pg;
}

static struct target_window window_of(const char *contract, date_t from, date_t to)
{
    return (struct target_window){contract, {true, from, to}, true, to};
}

static void remember(struct pg *pg, const char *contract, date_t from, date_t to)
{
    struct err err = {0};
    struct target_window window = window_of(contract, from, to);
    must(target_window_remember(pg, &daily, "nightly", &window, &err), &err);
}

static size_t count_windows(struct pg *pg, const char *contract, const struct window *overlapped)
{
    struct err err = {0};
    struct target_windows windows;
    SCOPED(arena) struct arena *arena = arena_make();
    must(target_window_read(pg, &daily, contract, overlapped, arena, &windows, &err), &err);
    return windows.count;
}

static void windows_with_days_of_another_are_found_and_those_that_touch_it_are_not(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_record();
    remember(pg, CONTRACT, 20758, 20765);
    assert_int_equal(count_windows(pg, CONTRACT, NULL), 1);
    assert_int_equal(count_windows(pg, NULL, NULL), 1);
    assert_int_equal(count_windows(pg, "2", NULL), 0);
    assert_int_equal(count_windows(pg, CONTRACT, &(struct window){true, 20764, 20770}), 1);
    assert_int_equal(count_windows(pg, CONTRACT, &(struct window){true, 20765, 20770}), 0);
    assert_int_equal(count_windows(pg, CONTRACT, &(struct window){true, 20750, 20759}), 1);
    assert_int_equal(count_windows(pg, CONTRACT, &(struct window){true, 20750, 20758}), 0);
}

/* The rows of windows that touch stay in the table, and so does what is known of them. */
static void only_windows_of_the_contract_that_overlap_are_forgotten(void **state)
{
    (void)state;
    struct err err = {0};
    struct target_window loaded = window_of(CONTRACT, 20758, 20765);
    SCOPED(pg) struct pg *pg = with_record();
    remember(pg, CONTRACT, 20751, 20758);
    remember(pg, CONTRACT, 20757, 20764);
    remember(pg, CONTRACT, 20758, 20765);
    remember(pg, CONTRACT, 20764, 20771);
    remember(pg, CONTRACT, 20765, 20772);
    remember(pg, "2", 20757, 20764);
    must(target_window_forget_others(pg, &daily, &loaded, &err), &err);
    assert_string_equal(
        db_value(pg,
                 "select string_agg(concat_ws(' ', contract_number, window_start, window_end), ', ' order "
                 "by contract_number, window_start) from tokenflex_etl.target_window"),
        CONTRACT " 2026-10-25 2026-11-01, " CONTRACT " 2026-11-01 2026-11-08, " CONTRACT
                 " 2026-11-08 2026-11-15, 2 2026-10-31 2026-11-07");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_with_days_of_another_are_found_and_those_that_touch_it_are_not),
        cmocka_unit_test(only_windows_of_the_contract_that_overlap_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
