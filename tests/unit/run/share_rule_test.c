/* run/share_rule: what hosts that share work decide. */
#include "run/share_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TODAY 20000

/* Joining. */

static enum share_step start(const char *hosts, bool differs, bool is_old, bool windows_move)
{
    struct work_found found = {
        .exists = true, .round = {.today = TODAY - is_old}, .hosts = hosts, .is_old = is_old};
    return share_start_step(&(struct share_start){
        .found = &found, .today = TODAY, .differs = differs, .windows_move = windows_move});
}

static void a_start_opens_a_round_where_there_is_none(void **state)
{
    struct work_found none = {0};
    assert_int_equal(share_start_step(&(struct share_start){.found = &none, .today = TODAY}), SHARE_OPEN);
    (void)state;
}

static void a_start_joins_the_round_that_is_not_over(void **state)
{
    assert_int_equal(start("one", false, false, true), SHARE_JOIN);
    assert_int_equal(start("", false, false, true), SHARE_JOIN);
    (void)state;
}

static void hosts_that_differ_are_refused_while_others_are_at_work(void **state)
{
    assert_int_equal(start("one", true, false, true), SHARE_REFUSE);
    assert_int_equal(start("one", true, false, false), SHARE_REFUSE);
    assert_int_equal(start("", true, false, true), SHARE_OPEN);
    (void)state;
}

static void a_later_night_opens_a_round_of_its_own(void **state)
{
    assert_int_equal(start("one", false, true, true), SHARE_OPEN);
    assert_int_equal(start("", false, true, true), SHARE_OPEN);
    assert_int_equal(start("one", true, true, true), SHARE_OPEN);
    (void)state;
}

static void a_backfill_is_joined_on_any_day_while_a_host_is_at_work(void **state)
{
    assert_int_equal(start("one", false, true, false), SHARE_JOIN);
    assert_int_equal(start("", false, true, false), SHARE_OPEN);
    assert_int_equal(start("", false, false, false), SHARE_JOIN);
    (void)state;
}

static void a_round_of_today_is_joined_however_long_ago_it_was_opened(void **state)
{
    struct work_found found = {.exists = true, .round = {.today = TODAY}, .hosts = "", .is_old = true};
    assert_int_equal(
        share_start_step(&(struct share_start){.found = &found, .today = TODAY, .windows_move = true}),
        SHARE_JOIN);
    (void)state;
}

/* Facts. */

static void the_same_facts_do_not_differ(void **state)
{
    char name[SHARE_FACT_NAME];
    size_t more;
    assert_false(share_facts_differ("a\t1\nb\t2", "a\t1\nb\t2", name, &more));
    assert_false(share_facts_differ("a\t1\nb\t2", "b\t2\na\t1", name, &more));
    (void)state;
}

static void assert_differs(const char *ours, const char *theirs, const char *expected, size_t expected_more)
{
    char name[SHARE_FACT_NAME];
    size_t more;
    assert_true(share_facts_differ(ours, theirs, name, &more));
    assert_string_equal(name, expected);
    assert_int_equal(more, expected_more);
}

static void the_first_that_differs_is_named_and_the_others_are_counted(void **state)
{
    assert_differs("a\t1\nb\t2", "a\t1\nb\t3", "b", 0);
    assert_differs("a\t1\nb\t2\nc\t3", "a\t2\nb\t3\nc\t3", "a", 1);
    assert_differs("a\t1", "a\t11", "a", 0);
    (void)state;
}

static void what_only_one_side_has_differs(void **state)
{
    assert_differs("a\t1\njob x\t5", "a\t1", "job x", 0);
    assert_differs("a\t1", "a\t1\njob x\t5", "job x", 0);
    assert_differs("job x\t5", "job xy\t5", "job x", 1);
    (void)state;
}

/* Which chunk next. */

static struct work_row row(int64_t id, const char *job, enum work_state state)
{
    return (struct work_row){.work_id = id,
                             .job = job,
                             .contract = "1",
                             .state = state,
                             .host = "other",
                             .failed_host = "",
                             .lease_left_ms = 1000};
}

static struct work_row expired(int64_t id, const char *job)
{
    struct work_row gone = row(id, job, WORK_RUNNING);
    gone.lease_left_ms = -1;
    return gone;
}

static struct work_row failed_on(int64_t id, const char *job, const char *host)
{
    struct work_row returned = row(id, job, WORK_WAITING);
    returned.failed_host = host;
    return returned;
}

#define MOST 8

/* Of these rows, with another host there where others says so: the first choices are 0-ended. */
static void assert_next(struct work_row *rows, size_t count, const char *others, enum share_next expected,
                        const int64_t *choices)
{
    int64_t ids[MOST];
    size_t found;
    struct work_rows of = {rows, count, others};
    assert_int_equal(share_next(&of, "own", ids, &found), expected);
    for (size_t i = 0; i < found; i++)
        assert_int_equal(ids[i], choices[i]);
    assert_int_equal(choices[found], 0);
}

#define ROWS(...)                                                                                            \
    (struct work_row[]){__VA_ARGS__}, sizeof((struct work_row[]){__VA_ARGS__}) / sizeof(struct work_row)
#define CHOICES(...)                                                                                         \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        __VA_ARGS__, 0                                                                                       \
    }
#define NO_CHOICE                                                                                            \
    (const int64_t[])                                                                                        \
    {                                                                                                        \
        0                                                                                                    \
    }

static void chunks_are_taken_in_their_order_once_the_first_of_a_job_is_loaded(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_SUCCEEDED), row(2, "a", WORK_WAITING), row(3, "a", WORK_WAITING)), "",
                SHARE_TAKE, CHOICES(2, 3));
    (void)state;
}

static void a_chunk_that_was_skipped_lets_the_others_begin(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_SKIPPED), row(2, "a", WORK_WAITING), row(3, "a", WORK_WAITING),
                     row(4, "b", WORK_WAITING)),
                "", SHARE_TAKE, CHOICES(2, 3, 4));
    (void)state;
}

static void a_job_begins_with_one_chunk_unless_nothing_else_is_left(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_RUNNING), row(2, "a", WORK_WAITING), row(3, "b", WORK_WAITING),
                     row(4, "b", WORK_WAITING)),
                "", SHARE_TAKE, CHOICES(3, 2, 4));
    (void)state;
}

static void a_chunk_whose_lease_has_expired_is_taken_over(void **state)
{
    struct work_row ends_now = row(1, "a", WORK_RUNNING);
    ends_now.lease_left_ms = 0;
    assert_next(ROWS(expired(1, "a"), row(2, "a", WORK_RUNNING)), "", SHARE_TAKE, CHOICES(1));
    assert_next(ROWS(ends_now), "", SHARE_WAIT, NO_CHOICE);
    (void)state;
}

static void a_host_waits_while_another_is_at_work(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_RUNNING), row(2, "b", WORK_SUCCEEDED)), "", SHARE_WAIT, NO_CHOICE);
    (void)state;
}

static void a_round_is_finished_when_nothing_waits_or_runs(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_SUCCEEDED), row(2, "a", WORK_SKIPPED), row(3, "b", WORK_FAILED)),
                "other", SHARE_FINISHED, NO_CHOICE);
    (void)state;
}

static void chunks_of_a_job_of_which_one_failed_are_not_begun(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_FAILED), row(2, "a", WORK_WAITING), row(3, "b", WORK_WAITING)), "",
                SHARE_TAKE, CHOICES(3));
    assert_next(ROWS(row(1, "a", WORK_FAILED), row(2, "a", WORK_WAITING)), "other", SHARE_FINISHED,
                NO_CHOICE);
    (void)state;
}

static void another_contract_of_the_job_goes_on(void **state)
{
    struct work_row rows[] = {row(1, "a", WORK_FAILED), row(2, "a", WORK_WAITING)};
    rows[1].contract = "2";
    assert_next(rows, 2, "", SHARE_TAKE, CHOICES(2));
    (void)state;
}

static void what_failed_here_is_left_to_another_host_with_all_of_its_job(void **state)
{
    assert_next(ROWS(failed_on(1, "a", "own"), row(2, "a", WORK_WAITING), row(3, "b", WORK_WAITING)), "other",
                SHARE_TAKE, CHOICES(3));
    assert_next(ROWS(failed_on(1, "a", "own"), row(2, "a", WORK_WAITING)), "other", SHARE_WAIT, NO_CHOICE);
    (void)state;
}

static void what_failed_elsewhere_is_taken(void **state)
{
    assert_next(ROWS(failed_on(1, "a", "other")), "other", SHARE_TAKE, CHOICES(1));
    (void)state;
}

static void what_failed_here_has_failed_where_there_is_no_other_host(void **state)
{
    assert_next(ROWS(failed_on(1, "a", "own"), row(2, "a", WORK_WAITING)), "", SHARE_FAIL_WAITING, NO_CHOICE);
    (void)state;
}

static void chunks_that_are_not_begun_without_a_failure_are_of_a_round_that_was_given_up(void **state)
{
    assert_next(ROWS(row(1, "a", WORK_SUCCEEDED), row(2, "a", WORK_NOT_BEGUN)), "", SHARE_GIVEN_UP,
                NO_CHOICE);
    assert_next(ROWS(row(1, "a", WORK_FAILED), row(2, "a", WORK_NOT_BEGUN)), "", SHARE_FINISHED, NO_CHOICE);
    (void)state;
}

static void an_empty_round_is_finished(void **state)
{
    struct work_rows none = {NULL, 0, ""};
    int64_t ids[1];
    size_t count;
    assert_int_equal(share_next(&none, "own", ids, &count), SHARE_FINISHED);
    (void)state;
}

/* Failures. */

static void network_and_login_are_tried_on_one_more_host(void **state)
{
    assert_true(share_other_may_try(ERR_UNAVAILABLE, ""));
    assert_true(share_other_may_try(ERR_AUTH, ""));
    assert_false(share_other_may_try(ERR_UNAVAILABLE, "other"));
    (void)state;
}

static void what_would_fail_alike_everywhere_is_not(void **state)
{
    const enum err_kind kinds[] = {ERR_DATA, ERR_CONFIG, ERR_CREATE, ERR_LATER, ERR_BUG};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_false(share_other_may_try(kinds[i], ""));
    (void)state;
}

static int exit_code_of(enum err_kind first, enum err_kind second, enum err_kind own)
{
    struct work_failure items[] = {{.kind = first}, {.kind = second}};
    size_t count = (size_t)(first != ERR_NONE) + (second != ERR_NONE);
    return share_exit_code(&(struct work_failures){items, count}, own);
}

static void every_host_ends_with_the_exit_code_of_the_round(void **state)
{
    assert_int_equal(exit_code_of(ERR_NONE, ERR_NONE, ERR_NONE), 0);
    assert_int_equal(exit_code_of(ERR_DATA, ERR_NONE, ERR_NONE), 65);
    assert_int_equal(exit_code_of(ERR_DATA, ERR_DATA, ERR_NONE), 65);
    assert_int_equal(exit_code_of(ERR_DATA, ERR_AUTH, ERR_NONE), 1);
    (void)state;
}

static void a_host_that_could_not_go_on_says_so(void **state)
{
    assert_int_equal(exit_code_of(ERR_NONE, ERR_NONE, ERR_UNAVAILABLE), 69);
    assert_int_equal(exit_code_of(ERR_DATA, ERR_NONE, ERR_UNAVAILABLE), 1);
    (void)state;
}

/* A job's timeout. */

static void a_host_waits_for_the_longest_timeout_after_the_last_step_of_a_chunk(void **state)
{
    struct share_wait wait = {0};
    assert_false(share_wait_is_over(&wait, 2, 1000, 5000));
    assert_false(share_wait_is_over(&wait, 2, 1000, 5999));
    assert_false(share_wait_is_over(&wait, 3, 1000, 6000));
    assert_false(share_wait_is_over(&wait, 3, 1000, 6999));
    assert_true(share_wait_is_over(&wait, 3, 1000, 7000));
    (void)state;
}

static void what_is_taken_and_what_ends_is_a_step(void **state)
{
    struct work_row items[] = {row(1, "a", WORK_WAITING), row(2, "a", WORK_RUNNING),
                               row(3, "a", WORK_FAILED)};
    struct work_rows rows = {.items = items, .count = 3};
    items[1].takes = items[2].takes = 1;
    assert_int_equal(share_count_steps(&rows), 3);
    items[1].takes++; /* taken over */
    assert_int_equal(share_count_steps(&rows), 4);
    items[1].state = WORK_SUCCEEDED;
    assert_int_equal(share_count_steps(&rows), 5);
    items[0].takes = 1;
    assert_int_equal(share_count_steps(&rows), 6);
    (void)state;
}

static void a_timeout_counts_the_time_in_which_the_host_works_on_the_job(void **state)
{
    struct share_clock clock = {0};
    assert_int_equal(share_clock_begin(&clock, 1000, 5000), 6000);
    share_clock_end(&clock, 5300);
    assert_int_equal(share_clock_begin(&clock, 1000, 9000), 9700);
    (void)state;
}

static void chunks_at_the_same_time_count_once(void **state)
{
    struct share_clock clock = {0};
    share_clock_begin(&clock, 1000, 5000);
    assert_int_equal(share_clock_begin(&clock, 1000, 5200), 6000);
    share_clock_end(&clock, 5400);
    share_clock_end(&clock, 5600);
    assert_int_equal(share_clock_begin(&clock, 1000, 8000), 8400);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_opens_a_round_where_there_is_none),
        cmocka_unit_test(a_start_joins_the_round_that_is_not_over),
        cmocka_unit_test(hosts_that_differ_are_refused_while_others_are_at_work),
        cmocka_unit_test(a_later_night_opens_a_round_of_its_own),
        cmocka_unit_test(a_backfill_is_joined_on_any_day_while_a_host_is_at_work),
        cmocka_unit_test(a_round_of_today_is_joined_however_long_ago_it_was_opened),
        cmocka_unit_test(the_same_facts_do_not_differ),
        cmocka_unit_test(the_first_that_differs_is_named_and_the_others_are_counted),
        cmocka_unit_test(what_only_one_side_has_differs),
        cmocka_unit_test(chunks_are_taken_in_their_order_once_the_first_of_a_job_is_loaded),
        cmocka_unit_test(a_chunk_that_was_skipped_lets_the_others_begin),
        cmocka_unit_test(a_job_begins_with_one_chunk_unless_nothing_else_is_left),
        cmocka_unit_test(a_chunk_whose_lease_has_expired_is_taken_over),
        cmocka_unit_test(a_host_waits_while_another_is_at_work),
        cmocka_unit_test(a_round_is_finished_when_nothing_waits_or_runs),
        cmocka_unit_test(chunks_of_a_job_of_which_one_failed_are_not_begun),
        cmocka_unit_test(another_contract_of_the_job_goes_on),
        cmocka_unit_test(what_failed_here_is_left_to_another_host_with_all_of_its_job),
        cmocka_unit_test(what_failed_elsewhere_is_taken),
        cmocka_unit_test(what_failed_here_has_failed_where_there_is_no_other_host),
        cmocka_unit_test(chunks_that_are_not_begun_without_a_failure_are_of_a_round_that_was_given_up),
        cmocka_unit_test(an_empty_round_is_finished),
        cmocka_unit_test(network_and_login_are_tried_on_one_more_host),
        cmocka_unit_test(what_would_fail_alike_everywhere_is_not),
        cmocka_unit_test(every_host_ends_with_the_exit_code_of_the_round),
        cmocka_unit_test(a_host_that_could_not_go_on_says_so),
        cmocka_unit_test(a_host_waits_for_the_longest_timeout_after_the_last_step_of_a_chunk),
        cmocka_unit_test(what_is_taken_and_what_ends_is_a_step),
        cmocka_unit_test(a_timeout_counts_the_time_in_which_the_host_works_on_the_job),
        cmocka_unit_test(chunks_at_the_same_time_count_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
