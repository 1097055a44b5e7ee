/* state/work: rounds, claims and leases of hosts that share work. */
#include "db/state/fresh.h"
#include "state/budget.h"
#include "state/work.h"

#include <inttypes.h>

/* A host, with a connection of its own, in a round of three chunks of one job. */
struct host {
    struct pg *pg;
    struct arena *arena;
    struct work_round round;
    struct work_member member;
};

static void host_cleanup(struct host *host)
{
    pg_close(host->pg);
    arena_release(host->arena);
}

static struct host make_host(struct pg *pg, const char *name)
{
    return (struct host){.pg = pg, .arena = arena_make(), .member = {.host = name, .pid = 1}};
}

static void fill(struct host *host)
{
    struct err err = {0};
    bool filled;
    struct work_filling filling;
    const struct text_list none = {0};
    const struct err sound = {0};
    SCOPED(work_lines) struct work_lines lines = work_lines_make();
    for (size_t i = 0; i < 3; i++) {
        struct window window = {true, (date_t)(100 + i), (date_t)(101 + i)};
        work_lines_add(&lines, &(struct work_line){"daily", CONTRACT, &window, i + 1, 3, i, &sound});
    }
    must(work_filling(host->pg, &host->round, &host->member, host->arena, &filling, &err), &err);
    assert_true(filling.is_ours);
    must(work_fill(host->pg, &host->round, &host->member, &lines, &none, &filled, &err), &err);
    assert_true(filled);
}

static struct host first_host(void)
{
    struct err err = {0};
    struct host host = make_host(db_fresh(), "one");
    struct work_opening opening = {"night", "run", "a\t1"};
    must(work_open(host.pg, &opening, host.arena, &host.round, &err), &err);
    must(work_join(host.pg, &host.round, &host.member, &err), &err);
    fill(&host);
    return host;
}

static struct host second_host(void)
{
    struct err err = {0};
    struct work_found found;
    struct host host = make_host(db_connect(), "two");
    must(work_find(host.pg, "night", "run", host.arena, &found, &err), &err);
    assert_true(found.exists);
    host.round = found.round;
    must(work_join(host.pg, &host.round, &host.member, &err), &err);
    return host;
}

static struct work_claim take(struct host *host, const char **taken_from)
{
    struct err err = {0};
    int64_t ids[3];
    struct work_claim claim;
    struct work_chunks chunks;
    must(work_list(host->pg, &host->round, host->arena, &chunks, &err), &err);
    assert_int_equal(chunks.count, 3);
    for (size_t i = 0; i < 3; i++)
        ids[i] = chunks.items[i].work_id;
    must(work_take(host->pg, &host->member, ids, 3, host->arena, &claim, taken_from, &err), &err);
    return claim;
}

static void expire(struct host *host)
{
    db_exec(host->pg, "update tokenflex_etl.work set lease_until = clock_timestamp() - interval '1 second' "
                      "where lease_until is not null");
}

static void chunks_are_listed_as_they_were_filled_in(void **state)
{
    (void)state;
    struct err err = {0};
    struct work_chunks chunks;
    SCOPED(host) struct host one = first_host();
    must(work_list(one.pg, &one.round, one.arena, &chunks, &err), &err);
    assert_int_equal(chunks.count, 3);
    assert_string_equal(chunks.items[2].job, "daily");
    assert_string_equal(chunks.items[2].contract, CONTRACT);
    assert_int_equal(chunks.items[2].window.from, 102);
    assert_int_equal(chunks.items[2].window.to, 103);
    assert_int_equal(chunks.items[2].number, 3);
    assert_int_equal(chunks.items[2].count, 3);
    assert_int_equal(chunks.items[2].requests_before, 2);
}

static void a_round_is_filled_once(void **state)
{
    (void)state;
    struct err err = {0};
    struct work_filling filling;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    must(work_filling(two.pg, &two.round, &two.member, two.arena, &filling, &err), &err);
    assert_true(filling.is_filled);
    assert_false(filling.is_ours);
}

static void no_chunk_is_taken_by_two(void **state)
{
    (void)state;
    const char *taken_from;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct work_claim first = take(&one, &taken_from);
    struct work_claim second = take(&two, &taken_from);
    assert_int_not_equal(first.work_id, second.work_id);
    take(&one, &taken_from);
    assert_int_equal(take(&two, &taken_from).work_id, 0);
}

static void a_chunk_whose_lease_has_expired_is_taken_over_and_no_longer_its_hosts(void **state)
{
    (void)state;
    struct err err = {0};
    const char *taken_from;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct work_claim lost = take(&one, &taken_from);
    assert_null(taken_from);
    expire(&one);
    struct work_claim own = take(&two, &taken_from);
    assert_int_equal(own.work_id, lost.work_id);
    assert_string_equal(taken_from, "one");
    must_fail(work_renew(one.pg, &lost, &err), &err, ERR_LATER, "another host has taken the chunk over");
    assert_true(lost.is_lost);
    must_fail(work_lock_claim(one.pg, &lost, &err), &err, ERR_LATER, "another host");
    struct work_end end = {.state = WORK_SUCCEEDED};
    must_fail(work_end(one.pg, &lost, &end, &err), &err, ERR_LATER, "another host");
    must(work_end(two.pg, &own, &end, &err), &err);
}

static void a_lease_that_has_expired_is_still_its_hosts_if_nobody_has_taken_it_over(void **state)
{
    (void)state;
    struct err err = {0};
    const char *taken_from;
    SCOPED(host) struct host one = first_host();
    struct work_claim claim = take(&one, &taken_from);
    expire(&one);
    must(work_renew(one.pg, &claim, &err), &err);
    assert_false(claim.is_lost);
}

static void a_chunk_that_is_being_loaded_is_not_taken_over(void **state)
{
    (void)state;
    struct err err = {0};
    const char *taken_from;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct work_claim loading = take(&one, &taken_from);
    expire(&one);
    must(pg_begin(one.pg, &err), &err);
    must(work_lock_claim(one.pg, &loading, &err), &err);
    assert_int_not_equal(take(&two, &taken_from).work_id, loading.work_id);
    must(work_renew_all(two.pg, &one.member, &loading, 1, &err), &err);
    pg_rollback(one.pg);
    assert_int_equal(take(&two, &taken_from).work_id, loading.work_id);
}

/* The request that the query of the host's chunk still takes, in the name of its run. */
static struct work_claim take_and_reserve(struct host *host)
{
    struct err err = {0};
    int64_t run_id;
    int64_t reservation = 0;
    struct budget budget = {.account = "default", .per_minute = 60, .burst = 10};
    const char *taken_from;
    struct window window = {true, 100, 101};
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    struct work_claim claim = take(host, &taken_from);
    must(run_record_start(host->pg, &entry, &run_id, &err), &err);
    must(work_note_run(host->pg, &claim, run_id, &err), &err);
    must(reservation_set(&budget, host->pg, 1, 600000, &reservation, &err), &err);
    return claim;
}

static void assert_reserved(struct host *host, const char *count)
{
    assert_string_equal(db_value(host->pg, "select count(*) from tokenflex_etl.request_reservation"), count);
}

static void what_a_host_had_reserved_is_free_once_its_chunk_is_taken_over(void **state)
{
    (void)state;
    const char *taken_from;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    take_and_reserve(&one);
    expire(&one);
    assert_reserved(&two, "1");
    take(&two, &taken_from);
    assert_reserved(&two, "0");
}

static void what_a_host_had_reserved_is_free_soon_after_its_lease_has_expired(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    take_and_reserve(&one);
    struct work_claim own = take_and_reserve(&two);
    must(work_renew_all(two.pg, &two.member, &own, 1, &err), &err);
    assert_reserved(&two, "2");
    expire(&one);
    must(work_renew_all(two.pg, &two.member, &own, 1, &err), &err);
    assert_reserved(&two, "1");
}

static void a_host_keeps_what_it_has_reserved_when_it_renews_a_lease_that_has_expired(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(host) struct host one = first_host();
    struct work_claim own = take_and_reserve(&one);
    expire(&one);
    must(work_renew_all(one.pg, &one.member, &own, 1, &err), &err);
    assert_reserved(&one, "1");
}

static void the_run_of_a_chunk_that_is_taken_over_has_failed(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t run_id;
    const char *taken_from;
    struct window window = {true, 100, 101};
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct work_claim claim = take(&one, &taken_from);
    must(run_record_start(one.pg, &entry, &run_id, &err), &err);
    must(work_note_run(one.pg, &claim, run_id, &err), &err);
    expire(&one);
    take(&two, &taken_from);
    assert_string_equal(
        db_value(one.pg, "select status || ' ' || error_kind || ' ' || error from tokenflex_etl.run"),
        "failed died host two has taken the chunk over: the lease of process 4242 on "
        "etl-7.example had expired");
}

static void a_run_of_a_round_is_not_said_to_have_died_while_a_host_is_there(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t run_id;
    struct window window = {true, 100, 101};
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    entry.invocation_id = one.round.invocation_id;
    must(run_record_start(one.pg, &entry, &run_id, &err), &err);
    must(work_lock_presence(one.pg, &one.round, &err), &err);
    must(run_record_mark_lost(two.pg, &err), &err);
    assert_string_equal(db_value(two.pg, "select status from tokenflex_etl.run"), "running");
    pg_close(one.pg);
    one.pg = NULL;
    db_exec(two.pg, "do $$ begin while exists (select from pg_locks where locktype = 'advisory') loop "
                    "perform pg_sleep(0.01); end loop; end $$");
    must(run_record_mark_lost(two.pg, &err), &err);
    assert_string_equal(db_value(two.pg, "select status from tokenflex_etl.run"), "failed");
}

static void a_returned_chunk_tells_where_it_failed(void **state)
{
    (void)state;
    struct err err = {0};
    struct err reason;
    const char *taken_from;
    struct work_rows rows;
    SCOPED(host) struct host one = first_host();
    struct work_claim claim = take(&one, &taken_from);
    err_set(&reason, ERR_AUTH, "no login");
    must(work_return(one.pg, &claim, "one", &reason, &err), &err);
    must(work_read_rows(one.pg, &one.round, "one", one.arena, &rows, &err), &err);
    assert_int_equal(rows.items[0].state, WORK_WAITING);
    assert_string_equal(rows.items[0].failed_host, "one");
    assert_string_equal(rows.others, "");
    must(work_fail_waiting(one.pg, &one.round, "one", &err), &err);
    must(work_close(one.pg, &one.round, &err), &err);
    struct work_failures failures;
    must(work_failures(one.pg, &one.round, one.arena, &failures, &err), &err);
    assert_int_equal(failures.count, 1);
    assert_int_equal(failures.items[0].kind, ERR_AUTH);
    assert_string_equal(failures.items[0].error, "no login");
    assert_string_equal(failures.items[0].host, "one");
    assert_string_equal(db_value(one.pg, "select count(*) from tokenflex_etl.work where state = 'not_begun'"),
                        "2");
}

/* The chunk failed on host one. Host two took it and ended. No other host can try it. */
static void a_returned_chunk_that_another_host_took_and_left_has_failed(void **state)
{
    (void)state;
    struct err err = {0};
    struct err reason;
    const char *taken_from;
    struct work_failures failures;
    SCOPED(host) struct host one = first_host();
    SCOPED(host) struct host two = second_host();
    struct work_claim claim = take(&one, &taken_from);
    err_set(&reason, ERR_AUTH, "no login");
    must(work_return(one.pg, &claim, "one", &reason, &err), &err);
    assert_int_equal(take(&two, &taken_from).work_id, claim.work_id);
    must(work_fail_waiting(one.pg, &one.round, "one", &err), &err);
    must(work_failures(one.pg, &one.round, one.arena, &failures, &err), &err);
    assert_int_equal(failures.count, 0);
    expire(&two);
    must(work_fail_waiting(one.pg, &one.round, "one", &err), &err);
    must(work_failures(one.pg, &one.round, one.arena, &failures, &err), &err);
    assert_int_equal(failures.count, 1);
    assert_string_equal(failures.items[0].error, "no login");
}

static void a_round_that_nobody_is_at_is_given_up_by_the_next(void **state)
{
    (void)state;
    struct err err = {0};
    struct work_round next;
    struct work_opening opening = {"night", "run", "a\t2"};
    SCOPED(host) struct host one = first_host();
    must(work_leave(one.pg, &one.member, &err), &err);
    must(work_open(one.pg, &opening, one.arena, &next, &err), &err);
    assert_int_equal(next.round, one.round.round + 1);
    assert_string_equal(db_value(one.pg, "select count(*) from tokenflex_etl.work where state = 'not_begun'"),
                        "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_listed_as_they_were_filled_in),
        cmocka_unit_test(a_round_is_filled_once),
        cmocka_unit_test(no_chunk_is_taken_by_two),
        cmocka_unit_test(a_chunk_whose_lease_has_expired_is_taken_over_and_no_longer_its_hosts),
        cmocka_unit_test(a_lease_that_has_expired_is_still_its_hosts_if_nobody_has_taken_it_over),
        cmocka_unit_test(a_chunk_that_is_being_loaded_is_not_taken_over),
        cmocka_unit_test(what_a_host_had_reserved_is_free_once_its_chunk_is_taken_over),
        cmocka_unit_test(what_a_host_had_reserved_is_free_soon_after_its_lease_has_expired),
        cmocka_unit_test(a_host_keeps_what_it_has_reserved_when_it_renews_a_lease_that_has_expired),
        cmocka_unit_test(the_run_of_a_chunk_that_is_taken_over_has_failed),
        cmocka_unit_test(a_run_of_a_round_is_not_said_to_have_died_while_a_host_is_there),
        cmocka_unit_test(a_returned_chunk_tells_where_it_failed),
        cmocka_unit_test(a_returned_chunk_that_another_host_took_and_left_has_failed),
        cmocka_unit_test(a_round_that_nobody_is_at_is_given_up_by_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
