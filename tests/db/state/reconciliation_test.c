/* state/reconciliation: what comparisons have found, and who may ask for a summary. */
#include "db/state/fresh.h"
#include "state/reconciliation.h"
#include "state/retention.h"
#include "state/target_coverage.h"
#include "state/target_filter.h"

#define AUGUST 20666

static const struct reconciliation_of usage = {{"tokenflex", "usage"}, "11"};

static void remember(struct pg *pg, const char *loaded, const char *service, enum totals_status status,
                     bool was_reloaded)
{
    struct err err = {0};
    struct reconciliation_line line = {{AUGUST, 0, "CLOUD_SERVICE"}, loaded, service, "0", status, false};
    struct reconciliation_record record = {usage, "daily", NULL, &line, 1, was_reloaded};
    must(reconciliation_remember(pg, &record, &err), &err);
}

static struct totals_past past_of(struct pg *pg, struct arena *arena)
{
    struct err err = {0};
    struct totals_pasts pasts;
    must(reconciliation_past(pg, &usage, arena, &pasts, &err), &err);
    assert_int_equal(pasts.count, 1);
    assert_int_equal(pasts.items[0].key.month, AUGUST);
    assert_int_equal(pasts.items[0].key.year, 0);
    assert_string_equal(pasts.items[0].key.category, "CLOUD_SERVICE");
    return pasts.items[0];
}

static void the_last_equal_figure_and_the_last_one_that_stayed_are_known(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    remember(pg, "4.50", "4.50", TOTALS_EQUAL, false);
    assert_string_equal(past_of(pg, arena).equal_service, "4.5");
    assert_null(past_of(pg, arena).reloaded_service);
    remember(pg, "5", "6", TOTALS_MOVED_ON, false);
    assert_null(past_of(pg, arena).reloaded_service);
    remember(pg, "5", "7", TOTALS_MOVED_ON, true);
    struct totals_past past = past_of(pg, arena);
    assert_string_equal(past.equal_service, "4.5");
    assert_string_equal(past.reloaded_service, "7");
    assert_string_equal(past.reloaded_loaded, "5");
}

static void a_difference_that_stayed_is_forgotten_once_both_are_equal(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    remember(pg, "5", "7", TOTALS_DIFFERS, true);
    remember(pg, "7", "7", TOTALS_EQUAL, false);
    assert_string_equal(past_of(pg, arena).equal_service, "7");
    assert_null(past_of(pg, arena).reloaded_service);
}

/* A month in which one contract year ends and another begins has a figure of each. */
static void contract_years_of_one_month_have_pasts_of_their_own(void **state)
{
    (void)state;
    struct err err = {0};
    struct totals_pasts pasts;
    struct reconciliation_line first = {{AUGUST, 1, NULL}, "5", "7", "-2", TOTALS_DIFFERS, false};
    struct reconciliation_line second = {{AUGUST, 2, NULL}, "3", "3", "0", TOTALS_EQUAL, false};
    struct reconciliation_record records[] = {{usage, "daily", NULL, &first, 1, true},
                                              {usage, "daily", NULL, &second, 1, false}};
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    for (size_t i = 0; i < COUNT_OF(records); i++)
        must(reconciliation_remember(pg, &records[i], &err), &err);
    must(reconciliation_past(pg, &usage, arena, &pasts, &err), &err);
    assert_int_equal(pasts.count, 2);
    for (size_t i = 0; i < pasts.count; i++) {
        const struct totals_past *past = &pasts.items[i];
        if (past->key.year == 1)
            assert_string_equal(past->reloaded_service, "7");
        else
            assert_string_equal(past->equal_service, "3");
    }
}

/* A table that has loaded August whole and no longer has a row of it. */
static bool holds_august_without_rows(struct pg *pg)
{
    struct err err = {0};
    date_t august = AUGUST;
    const struct totals_months months = {&august, 1};
    const struct reconciliation_months asked = {&months, &months};
    struct totals_months whole;
    SCOPED(arena) struct arena *arena = arena_make();
    must(reconciliation_whole_months(pg, &usage, &asked, arena, &whole, &err), &err);
    return whole.count == 1;
}

static void a_month_without_rows_is_gone_where_the_last_comparison_has_seen_some(void **state)
{
    (void)state;
    struct err err = {0};
    const struct target_filter filter = {.job = "daily", .filter = "", .usage_categories = ""};
    const struct target_record record = {.name = {"tokenflex", "usage"},
                                         .job = "daily",
                                         .grain = "usageDate",
                                         .key = "usageDate",
                                         .columns = "usageDate usage_date"};
    SCOPED(pg) struct pg *pg = db_fresh();
    must(target_record_remember(pg, &record, &err) &&
             target_filter_remember(pg, &record.name, usage.contract, &filter, &err),
         &err);
    assert_false(holds_august_without_rows(pg));
    must(target_coverage_add(pg, &record.name, usage.contract, &(struct window){true, AUGUST, AUGUST + 31},
                             AUGUST + 60, &err),
         &err);
    assert_true(holds_august_without_rows(pg));
    remember(pg, "0", "0", TOTALS_EQUAL, false);
    remember(pg, "7", "7", TOTALS_EQUAL, false);
    assert_false(holds_august_without_rows(pg));
    remember(pg, "0", "0", TOTALS_EQUAL, false);
    assert_true(holds_august_without_rows(pg));
}

static bool claim(struct pg *pg, const char *contract)
{
    struct err err = {0};
    bool is_ours;
    must(reconciliation_claim(pg, contract, &is_ours, &err), &err);
    return is_ours;
}

static void a_summary_is_asked_for_by_one_run_a_day_and_contract(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_true(claim(pg, "11"));
    assert_false(claim(pg, "11"));
    assert_true(claim(pg, "22"));
    struct err err = {0};
    must(reconciliation_release(pg, "22", &err), &err);
    assert_true(claim(pg, "22"));
    db_exec(pg, "update tokenflex_etl.service_summary set asked_at = asked_at - interval '1 day'");
    assert_true(claim(pg, "11"));
    assert_false(claim(pg, "11"));
}

static void old_comparisons_go_but_for_the_last_one(void **state)
{
    (void)state;
    struct err err = {0};
    uint64_t deleted_runs;
    SCOPED(pg) struct pg *pg = db_fresh();
    remember(pg, "5", "6", TOTALS_DIFFERS, false);
    remember(pg, "5", "7", TOTALS_DIFFERS, false);
    db_exec(pg, "update tokenflex_etl.reconciliation set checked_at = checked_at - interval '11 days'");
    db_exec(pg, "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, started_at) "
                "values ('daily', '1', 'query', 'failed', 'h', 1, now() - interval '20 days')");
    must(retention_apply(pg, 12, &deleted_runs, &err), &err);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.reconciliation"), "2");
    must(retention_apply(pg, 10, &deleted_runs, &err), &err);
    assert_string_equal(
        db_value(pg, "select string_agg(service::text, ' ') from tokenflex_etl.reconciliation"), "7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_equal_figure_and_the_last_one_that_stayed_are_known),
        cmocka_unit_test(a_difference_that_stayed_is_forgotten_once_both_are_equal),
        cmocka_unit_test(contract_years_of_one_month_have_pasts_of_their_own),
        cmocka_unit_test(a_month_without_rows_is_gone_where_the_last_comparison_has_seen_some),
        cmocka_unit_test(old_comparisons_go_but_for_the_last_one),
        cmocka_unit_test(a_summary_is_asked_for_by_one_run_a_day_and_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
