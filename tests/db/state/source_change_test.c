/* state/source_change: since when each pair is as it is, and what was skipped for it. */
#include "db/state/fresh.h"
#include "state/retention.h"
#include "state/source_change.h"

#include <stdio.h>

#define DAY 20785 /* 2026-11-28 */

static struct source_pair pair(const char *charge, date_t usage, date_t process)
{
    return (struct source_pair){
        .category = CATEGORY_DESKTOP_PRODUCT,
        .charge_category = charge,
        .has_usage_date = usage > 0,
        .last_usage_date = usage,
        .has_process_date = process > 0,
        .last_process_date = process,
    };
}

static void remember(struct pg *pg, const char *contract, struct source_pair *pairs, size_t count)
{
    struct err err = {0};
    struct source_pairs answer = {pairs, count};
    must(source_change_remember(pg, contract, &answer, &err), &err);
}

/* All that is known is an hour older. */
static void an_hour_later(struct pg *pg)
{
    db_exec(pg, "update tokenflex_etl.source_change set seen_at = seen_at - interval '1 hour'");
}

/* The pairs, each with whether it is listed and whether it has changed within the hour: `CHARGED+! FREE-`. */
static const char *known(struct pg *pg)
{
    return db_value(
        pg, "select coalesce(string_agg(charge_category || case when is_listed then '+' else '-' end || case "
            "when seen_at > clock_timestamp() - interval '30 minutes' then '!' else '' end, ' ' order by "
            "charge_category), '') from tokenflex_etl.source_change where contract_number = '11'");
}

static void a_pair_is_as_it_is_since_its_last_change(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct source_pair pairs[] = {pair("CHARGED", DAY, DAY), pair("FREE", DAY - 1, 0)};
    remember(pg, "11", pairs, 2);
    assert_string_equal(known(pg), "CHARGED+! FREE+!");
    an_hour_later(pg);
    remember(pg, "11", pairs, 2);
    assert_string_equal(known(pg), "CHARGED+ FREE+");
    pairs[0].last_process_date = DAY + 1;
    remember(pg, "11", pairs, 2);
    assert_string_equal(known(pg), "CHARGED+! FREE+");
    an_hour_later(pg);
    pairs[1].has_process_date = true;
    remember(pg, "11", pairs, 2);
    assert_string_equal(known(pg), "CHARGED+ FREE+!");
}

static void a_pair_that_is_missed_has_changed_and_so_has_one_that_comes_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct source_pair pairs[] = {pair("CHARGED", DAY, DAY), pair("FREE", DAY, DAY)};
    remember(pg, "11", pairs, 2);
    an_hour_later(pg);
    remember(pg, "11", pairs, 1);
    assert_string_equal(known(pg), "CHARGED+ FREE-!");
    an_hour_later(pg);
    remember(pg, "11", pairs, 1);
    assert_string_equal(known(pg), "CHARGED+ FREE-");
    remember(pg, "11", pairs, 2);
    assert_string_equal(known(pg), "CHARGED+ FREE+!");
}

static void contracts_have_pairs_of_their_own(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct source_pair one = pair("CHARGED", DAY, DAY);
    remember(pg, "11", &one, 1);
    an_hour_later(pg);
    remember(pg, "22", NULL, 0);
    assert_string_equal(known(pg), "CHARGED+");
}

static void what_is_known_is_read_as_it_was_said(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct source_state known_state;
    struct source_pair said = pair("N/A", DAY, 0);
    must(source_change_read(pg, "11", arena, &known_state, &err), &err);
    assert_false(known_state.was_requested);
    remember(pg, "11", &said, 1);
    must(source_change_read(pg, "11", arena, &known_state, &err), &err);
    assert_true(known_state.was_requested);
    assert_true(known_state.first_requested_us <= known_state.now_us);
    assert_int_equal(known_state.pairs.count, 1);
    const struct source_pair *read = known_state.pairs.items;
    assert_int_equal(read->category, CATEGORY_DESKTOP_PRODUCT);
    assert_string_equal(read->charge_category, "N/A");
    assert_true(read->has_usage_date && read->is_listed && !read->has_process_date);
    assert_int_equal(read->last_usage_date, DAY);
    assert_int_equal(read->seen_us, known_state.first_requested_us);
}

static void the_services_data_reach_to_the_latest_day_of_pairs_that_it_still_lists(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct source_through_list list;
    struct source_pair pairs[] = {pair("CHARGED", DAY - 3, DAY), pair("FREE", DAY - 1, DAY),
                                  pair("N/A", 0, 0), pair("OLD", DAY, DAY)};
    remember(pg, "11", pairs, 4);
    remember(pg, "11", pairs, 3);
    must(source_change_data_through(pg, arena, &list, &err), &err);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].contract, "11");
    assert_int_equal(list.items[0].category, CATEGORY_DESKTOP_PRODUCT);
    assert_int_equal(list.items[0].day, DAY - 1);
}

static void contracts_are_asked_since_the_first_answer(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    remember(pg, "11", NULL, 0);
    db_exec(pg,
            "update tokenflex_etl.usage_last set first_asked_at = '2026-01-01Z', asked_at = '2026-01-01Z'");
    remember(pg, "11", NULL, 0);
    assert_string_equal(
        db_value(pg, "select concat_ws(' ', first_asked_at = '2026-01-01Z', asked_at = '2026-01-01Z') from "
                     "tokenflex_etl.usage_last"),
        "t f");
}

static void add_run(struct pg *pg, const char *status, const char *from, const char *reason)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "insert into tokenflex_etl.run (host, pid, job, contract_number, source, status, window_start, "
             "window_end, skip_reason) values ('h', 1, 'daily', '11', 'query', '%s', '%s', "
             "date '%s' + 35, nullif('%s', ''))",
             status, from, from, reason);
    db_exec(pg, sql);
}

static const char *first_skipped(struct pg *pg)
{
    static char day[DATE_TEXT];
    struct err err = {0};
    struct source_job job = {"daily", "11"};
    bool found;
    date_t first_day;
    must(source_change_first_skipped(pg, &job, &found, &first_day, &err), &err);
    return found ? date_format(first_day, day) : "none";
}

static void chunks_that_were_skipped_wait_for_a_load_that_covers_their_first_day(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_run(pg, "succeeded", "2026-10-01", "");
    assert_string_equal(first_skipped(pg), "none");
    add_run(pg, "skipped", "2026-09-01", ""); /* finished, of a backfill */
    assert_string_equal(first_skipped(pg), "none");
    add_run(pg, "skipped", "2026-10-02", "nothing has moved");
    add_run(pg, "skipped", "2026-10-03", "nothing has moved");
    assert_string_equal(first_skipped(pg), "2026-10-02");
    add_run(pg, "failed", "2026-10-02", "");
    assert_string_equal(first_skipped(pg), "2026-10-02");
    add_run(pg, "succeeded", "2026-10-03", "");
    assert_string_equal(first_skipped(pg), "2026-10-02");
    add_run(pg, "succeeded", "2026-10-02", "");
    assert_string_equal(first_skipped(pg), "none");
}

static void chunks_that_wait_are_kept_with_old_runs(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    uint64_t deleted;
    add_run(pg, "skipped", "2026-10-01", "nothing has moved");
    add_run(pg, "succeeded", "2026-10-01", "");
    add_run(pg, "skipped", "2026-10-02", "nothing has moved");
    db_exec(pg,
            "update tokenflex_etl.run set started_at = started_at - interval '100 days'; "
            "insert into tokenflex_etl.run (host, pid, job, contract_number, source, status) select 'h', 1, "
            "'daily', '11', 'query', 'succeeded' from generate_series(1, 100)");
    must(retention_apply(pg, 30, &deleted, &err), &err);
    assert_string_equal(first_skipped(pg), "2026-10-02");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.run where skip_reason is not null"),
                        "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_as_it_is_since_its_last_change),
        cmocka_unit_test(a_pair_that_is_missed_has_changed_and_so_has_one_that_comes_back),
        cmocka_unit_test(contracts_have_pairs_of_their_own),
        cmocka_unit_test(what_is_known_is_read_as_it_was_said),
        cmocka_unit_test(the_services_data_reach_to_the_latest_day_of_pairs_that_it_still_lists),
        cmocka_unit_test(contracts_are_asked_since_the_first_answer),
        cmocka_unit_test(chunks_that_were_skipped_wait_for_a_load_that_covers_their_first_day),
        cmocka_unit_test(chunks_that_wait_are_kept_with_old_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
