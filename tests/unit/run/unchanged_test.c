/* run/unchanged: whether a chunk is skipped, by each of its conditions. */
#include "run/unchanged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define DAY_MS (DAY_US / 1000)
#define TODAY 20785                           /* 2026-11-28 */
#define NOON(day) ((day)*DAY_US + DAY_US / 2) /* UTC */
#define FIGURES "rows 2\nweighted 40\ntokens_consumed 7 2"
#define NO_ROWS "rows 0\nweighted 0\ntokens_consumed 0 0"

/* A night on which nothing has moved: a window of 35 days that ends today, all but its last day covered by
 * the load of yesterday, whose data goes to the day before yesterday. */
struct night {
    struct window window;
    struct source_pair pairs[3];
    struct source_state state;
    struct source_load load[3];
    struct source_loads loads;
    const char *categories[2];
    struct text_list job_categories;
    struct unchanged_facts facts;
};

static void quiet_night(struct night *night)
{
    *night = (struct night){
        .window = {true, TODAY - 35, TODAY},
        .pairs = {{.category = CATEGORY_DESKTOP_PRODUCT,
                   .charge_category = "CHARGED",
                   .has_usage_date = true,
                   .last_usage_date = TODAY - 2,
                   .has_process_date = true,
                   .last_process_date = TODAY - 3,
                   .is_listed = true,
                   .seen_us = NOON(TODAY - 2)},
                  {.category = CATEGORY_CLOUD_SERVICE,
                   .charge_category = "N/A",
                   .has_usage_date = true,
                   .last_usage_date = TODAY - 9,
                   .has_process_date = true,
                   .last_process_date = TODAY - 12,
                   .is_listed = true,
                   .seen_us = NOON(TODAY - 9)}},
        .load = {{.run_id = 7,
                  .window = {true, TODAY - 36, TODAY - 1},
                  .has_same_query = true,
                  .requested_is_known = true,
                  .requested_us = NOON(TODAY - 1),
                  .figures = FIGURES,
                  .figures_now = FIGURES}},
        .categories = {"DESKTOP_PRODUCT"},
    };
    night->state = (struct source_state){true, NOON(TODAY - 30), NOON(TODAY), {night->pairs, 2}};
    night->loads = (struct source_loads){night->load, 1};
    night->job_categories = (struct text_list){night->categories, 1};
    night->facts = (struct unchanged_facts){
        .window = &night->window,
        .rows_are_dated = true,
        .deletes_vanished = true,
        .job_categories = &night->job_categories,
        .state = &night->state,
        .loads = &night->loads,
        .full_every_ms = 7 * DAY_MS,
        .has_figures = true,
    };
}

static enum unchanged_verdict judge(const struct night *night, struct arena *arena,
                                    struct unchanged *unchanged)
{
    unchanged_judge(&night->facts, arena, unchanged);
    return unchanged->verdict;
}

/* One change to the quiet night, and what becomes of it. */
struct condition {
    const char *name;
    void (*change)(struct night *night);
    enum unchanged_verdict verdict;
};

static void nothing(struct night *night)
{
    (void)night;
}
static void not_looked(struct night *night)
{
    night->facts.has_figures = false;
}
static void unknown_category(struct night *night)
{
    night->categories[1] = "RENDERING";
    night->job_categories.count = 2;
}
static void old_name_of_category(struct night *night)
{
    night->categories[0] = "PRODUCT_CONSUMPTION";
}
static void never_asked(struct night *night)
{
    night->state = (struct source_state){.now_us = NOON(TODAY)};
}
static void first_asked_after_load(struct night *night)
{
    night->state.first_requested_us = NOON(TODAY - 1) + 1;
}
static void no_load(struct night *night)
{
    night->loads.count = 0;
}
static void first_day_not_covered(struct night *night)
{
    night->load[0].window.from = TODAY - 34;
}
static void day_with_usage_not_covered(struct night *night)
{
    night->pairs[0].last_usage_date = TODAY - 1;
}
static void usage_of_other_category_not_covered(struct night *night)
{
    night->pairs[1].last_usage_date = TODAY - 1;
}
static void usage_date_not_told(struct night *night)
{
    night->pairs[0].has_usage_date = false;
}
static void load_without_window(struct night *night)
{
    night->load[0].window = (struct window){0};
    night->pairs[0].last_usage_date = TODAY - 1;
}
static void other_question(struct night *night)
{
    night->load[0].has_same_query = false;
}
static void vanished_rows_kept(struct night *night)
{
    night->load[0].keeps_vanished = true;
}
static void vanished_rows_kept_by_a_job_that_keeps_them(struct night *night)
{
    night->load[0].keeps_vanished = true;
    night->facts.deletes_vanished = false;
}
static void cached_answer(struct night *night)
{
    night->load[0].requested_is_known = false;
}
static void asked_full_every_ago(struct night *night)
{
    night->facts.full_every_ms = DAY_MS;
}
static void asked_less_than_full_every_ago(struct night *night)
{
    night->facts.full_every_ms = DAY_MS + 1;
}
static void moved_after_load(struct night *night)
{
    night->pairs[0].seen_us = NOON(TODAY - 1) + 1;
}
static void moved_at_load(struct night *night)
{
    night->pairs[0].seen_us = NOON(TODAY - 1);
}
static void other_category_moved(struct night *night)
{
    night->pairs[1].seen_us = NOON(TODAY);
}
static void any_category_moved(struct night *night)
{
    night->job_categories.count = 0;
    night->pairs[1].seen_us = NOON(TODAY);
}
static void new_pair(struct night *night)
{
    night->pairs[2] = night->pairs[0];
    night->pairs[2].charge_category = "FREE";
    night->pairs[2].seen_us = NOON(TODAY);
    night->state.pairs.count = 3;
}
static void pair_vanished_after_load(struct night *night)
{
    new_pair(night);
    night->pairs[2].is_listed = false;
}
static void pair_vanished_before_load(struct night *night)
{
    pair_vanished_after_load(night);
    night->pairs[2].seen_us = NOON(TODAY - 2);
    night->pairs[2].last_process_date = TODAY;
    night->pairs[2].last_usage_date = TODAY;
}
static void process_date_not_told(struct night *night)
{
    night->pairs[0].has_process_date = false;
}
static void processed_on_day_of_load(struct night *night)
{
    night->pairs[0].last_process_date = TODAY - 1;
}
/* Where the service's clock is behind UTC, that day was not over at the request. */
static void processed_on_day_before_load(struct night *night)
{
    night->pairs[0].last_process_date = TODAY - 2;
}
static void processed_after_load(struct night *night)
{
    night->pairs[0].last_process_date = TODAY;
}
static void other_category_processed_later(struct night *night)
{
    night->pairs[1].last_process_date = TODAY;
}
static void usage_after_processing(struct night *night)
{
    night->pairs[0].last_process_date = TODAY - 20;
}
static void no_figures(struct night *night)
{
    night->load[0].figures = NULL;
}
static void table_truncated(struct night *night)
{
    night->load[0].figures_now = NO_ROWS;
}
static void rows_beside(struct night *night)
{
    night->facts.has_uncovered_rows = true;
}
static void no_pair_listed_but_rows(struct night *night)
{
    night->state.pairs.count = 0;
}
static void no_pair_listed_and_no_rows(struct night *night)
{
    night->state.pairs.count = 0;
    night->load[0].figures = night->load[0].figures_now = NO_ROWS;
}

/* A newer load of a few of the days. */
static void add_newer(struct night *night)
{
    night->load[1] = night->load[0];
    night->load[0].run_id = 8;
    night->load[0].window = (struct window){true, TODAY - 9, TODAY - 5};
    night->load[0].requested_us = NOON(TODAY - 1) + 60;
    night->loads.count = 2;
}
static void other_load_of_some_days(struct night *night)
{
    add_newer(night);
}
static void other_load_of_other_question(struct night *night)
{
    add_newer(night);
    night->load[0].has_same_query = false;
}
static void other_load_changed_rows(struct night *night)
{
    add_newer(night);
    night->load[1].figures_now = "rows 3\nweighted 40\ntokens_consumed 7 2";
}
static void other_load_was_cached(struct night *night)
{
    add_newer(night);
    night->load[0].requested_is_known = false;
}
static void older_load_of_other_question(struct night *night)
{
    add_newer(night);
    night->load[0].window = (struct window){true, TODAY - 36, TODAY - 1};
    night->load[1].has_same_query = false;
}

/* Days of a new month, in which there is no usage yet. */
static void new_chunk(struct night *night)
{
    night->window = (struct window){true, TODAY - 1, TODAY};
}
static void new_chunk_moved(struct night *night)
{
    new_chunk(night);
    moved_after_load(night);
}
static void new_chunk_after_load_of_this_run(struct night *night)
{
    new_chunk(night);
    night->load[0].is_own = true;
}
static void new_chunk_with_rows(struct night *night)
{
    new_chunk(night);
    rows_beside(night);
}

static void snapshot_of_other_window(struct night *night)
{
    night->facts.rows_are_dated = false;
}
static void snapshot_of_this_window(struct night *night)
{
    night->facts.rows_are_dated = false;
    night->load[0].window = night->window;
}

static const struct condition conditions[] = {
    {"nothing has moved", nothing, UNCHANGED_SKIP},
    {"the table was not looked at", not_looked, UNCHANGED_READ_FIGURES},
    {"a category that is not documented", unknown_category, UNCHANGED_UNKNOWN_CATEGORY},
    {"the old name of a category", old_name_of_category, UNCHANGED_SKIP},
    {"the service was never asked", never_asked, UNCHANGED_NOT_ASKED},
    {"the service was first asked after the load", first_asked_after_load, UNCHANGED_NOT_ASKED_BEFORE},
    {"no load", no_load, UNCHANGED_NOT_LOADED},
    {"the first day is not covered", first_day_not_covered, UNCHANGED_NOT_LOADED},
    {"a day with usage is not covered", day_with_usage_not_covered, UNCHANGED_NOT_LOADED},
    {"a day with usage of another category is not covered", usage_of_other_category_not_covered,
     UNCHANGED_SKIP},
    {"the last day with usage is not told", usage_date_not_told, UNCHANGED_NOT_LOADED},
    {"a load without a window covers all days", load_without_window, UNCHANGED_SKIP},
    {"the load asked something else", other_question, UNCHANGED_OTHER_QUESTION},
    {"rows that vanished were kept", vanished_rows_kept, UNCHANGED_ROWS_KEPT},
    {"rows that vanished are kept", vanished_rows_kept_by_a_job_that_keeps_them, UNCHANGED_SKIP},
    {"the answer was cached", cached_answer, UNCHANGED_CACHED},
    {"full_every is over", asked_full_every_ago, UNCHANGED_TOO_OLD},
    {"full_every is not over", asked_less_than_full_every_ago, UNCHANGED_SKIP},
    {"moved after the load", moved_after_load, UNCHANGED_PAIR_CHANGED},
    {"moved when the load was asked for", moved_at_load, UNCHANGED_SKIP},
    {"another category moved", other_category_moved, UNCHANGED_SKIP},
    {"any category moved of a job about all", any_category_moved, UNCHANGED_PAIR_CHANGED},
    {"a new pair", new_pair, UNCHANGED_PAIR_CHANGED},
    {"a pair vanished after the load", pair_vanished_after_load, UNCHANGED_PAIR_CHANGED},
    {"a pair vanished before the load", pair_vanished_before_load, UNCHANGED_SKIP},
    {"the day of processing is not told", process_date_not_told, UNCHANGED_NO_PROCESS_DATE},
    {"processed on the day of the load", processed_on_day_of_load, UNCHANGED_PROCESSED_LATER},
    {"processed on the day before the load", processed_on_day_before_load, UNCHANGED_PROCESSED_LATER},
    {"processed after the load", processed_after_load, UNCHANGED_PROCESSED_LATER},
    {"another category processed later", other_category_processed_later, UNCHANGED_SKIP},
    {"usage after its processing, as in the documentation", usage_after_processing, UNCHANGED_SKIP},
    {"no figures", no_figures, UNCHANGED_NO_FIGURES},
    {"the table was truncated", table_truncated, UNCHANGED_TABLE_CHANGED},
    {"rows of days that no load covered", rows_beside, UNCHANGED_TABLE_CHANGED},
    {"rows of a category that is not listed", no_pair_listed_but_rows, UNCHANGED_NOT_LISTED},
    {"no rows of a category that is not listed", no_pair_listed_and_no_rows, UNCHANGED_SKIP},
    {"another load of some days", other_load_of_some_days, UNCHANGED_SKIP},
    {"another load of some days, by another question", other_load_of_other_question,
     UNCHANGED_OTHER_QUESTION},
    {"another load that has changed rows", other_load_changed_rows, UNCHANGED_TABLE_CHANGED},
    {"another load that was cached", other_load_was_cached, UNCHANGED_CACHED},
    {"an older load by another question", older_load_of_other_question, UNCHANGED_SKIP},
    {"days without usage yet", new_chunk, UNCHANGED_SKIP},
    {"days without usage yet, and a category moved", new_chunk_moved, UNCHANGED_PAIR_CHANGED},
    {"days without usage yet, after a load of this run", new_chunk_after_load_of_this_run,
     UNCHANGED_NOT_LOADED},
    {"days without usage yet, with rows", new_chunk_with_rows, UNCHANGED_TABLE_CHANGED},
    {"a snapshot of another window", snapshot_of_other_window, UNCHANGED_NOT_LOADED},
    {"a snapshot of this window", snapshot_of_this_window, UNCHANGED_SKIP},
};

static void each_condition_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        struct night night;
        struct unchanged unchanged;
        SCOPED(arena) struct arena *arena = arena_make();
        quiet_night(&night);
        conditions[i].change(&night);
        enum unchanged_verdict verdict = judge(&night, arena, &unchanged);
        if (verdict != conditions[i].verdict)
            fail_msg("%s: verdict %d, not %d", conditions[i].name, (int)verdict, (int)conditions[i].verdict);
    }
}

static void expect_words(void (*change)(struct night *night), const char *words)
{
    struct night night;
    struct unchanged unchanged;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    quiet_night(&night);
    change(&night);
    judge(&night, arena, &unchanged);
    unchanged_explain(&unchanged, &text);
    assert_string_equal(buf_text(&text), words);
}

static void what_decides_is_told(void **state)
{
    (void)state;
    expect_words(
        nothing,
        "no usage has changed since it was requested on 2026-11-27; the service's data through 2026-11-26");
    expect_words(moved_after_load, "DESKTOP_PRODUCT CHARGED has changed");
    expect_words(pair_vanished_after_load, "DESKTOP_PRODUCT FREE is no longer in the service's answer");
    expect_words(processed_on_day_of_load,
                 "DESKTOP_PRODUCT CHARGED was processed on 2026-11-27, not two days before the request");
    expect_words(first_day_not_covered, "no load within window.full_every has covered 2026-10-24");
    expect_words(table_truncated,
                 "the table's rows are not those that the loads within window.full_every have left");
}

static void days_that_no_load_has_covered_are_told_to_be_looked_at(void **state)
{
    (void)state;
    struct night night;
    struct unchanged unchanged;
    SCOPED(arena) struct arena *arena = arena_make();
    quiet_night(&night);
    judge(&night, arena, &unchanged);
    assert_true(unchanged.uncovered.bounded);
    assert_int_equal(unchanged.uncovered.from, TODAY - 1);
    assert_int_equal(unchanged.uncovered.to, TODAY);
    assert_int_equal(unchanged.proof_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_condition_decides),
        cmocka_unit_test(what_decides_is_told),
        cmocka_unit_test(days_that_no_load_has_covered_are_told_to_be_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
