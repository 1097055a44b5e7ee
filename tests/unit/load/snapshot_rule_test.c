/* load/snapshot_rule: which windows of rows without a date may stand beside each other. */
#include "base/macros.h"
#include "load/snapshot_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Days of one month. What is loaded is 10..20 throughout. */
#define FROM 10
#define TO 20
#define TODAY 20

/* The other window, by its place to the one that is loaded. */
static const struct relation {
    const char *name;
    date_t from;
    date_t to;
} relations[] = {
    {"before", 1, 5},
    {"touches on the left", 5, 10},
    {"overlaps on the left", 5, 15},
    {"inside", 12, 18},
    {"inside, from the same day", 10, 15},
    {"inside, to the same day", 15, 20},
    {"equal", 10, 20},
    {"contains", 5, 25},
    {"contains, from the same day", 10, 25},
    {"contains, to the same day", 5, 20},
    {"overlaps on the right", 15, 25},
    {"touches on the right", 20, 25},
    {"after", 25, 30},
};

#define RELATIONS COUNT_OF(relations)

/* What becomes of the other window: stays, same, replaced; or the load is refused: cut, given, later. */
enum { S = SNAPSHOT_STAYS, E = SNAPSHOT_SAME, R = SNAPSHOT_REPLACED };
enum { C = SNAPSHOT_CUT, G = SNAPSHOT_GIVEN, L = SNAPSHOT_LATER };

/* In the order of the relations. */
static const struct expectation {
    const char *name;
    bool loaded_moves;
    bool held_moves;
    date_t held_as_of;
    int verdicts[RELATIONS];
} expectations[] = {
    {"moving over moving of the day before", true, true, TODAY - 1, {S, S, R, R, R, R, E, R, R, R, R, S, S}},
    {"moving over moving of the same day", true, true, TODAY, {S, S, R, R, R, R, E, R, R, R, R, S, S}},
    {"moving over moving of a later day", true, true, TODAY + 1, {S, S, L, L, L, L, E, L, L, L, L, S, S}},
    {"moving over given", true, false, 0, {S, S, G, G, G, G, E, G, G, G, G, S, S}},
    {"given over moving", false, true, TODAY, {S, S, C, R, R, R, E, C, C, C, C, S, S}},
    {"given over given", false, false, 0, {S, S, C, R, R, R, E, C, C, C, C, S, S}},
};

static struct snapshot snapshot_at(date_t from, date_t to, bool is_moving, date_t as_of, uint64_t rows)
{
    return (struct snapshot){{true, from, to}, is_moving, as_of, rows};
}

static void each_kind_of_window_meets_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(expectations); i++)
        for (size_t place = 0; place < RELATIONS; place++) {
            const struct expectation *expected = &expectations[i];
            const struct relation *relation = &relations[place];
            struct snapshot loaded = snapshot_at(FROM, TO, expected->loaded_moves, TODAY, 0);
            struct snapshot held =
                snapshot_at(relation->from, relation->to, expected->held_moves, expected->held_as_of, 1);
            int found = (int)snapshot_judge(&loaded, &held);
            if (found != expected->verdicts[place])
                fail_msg("%s, %s: %d", expected->name, relation->name, found);
        }
}

/* Decides for the window 10..20, or of another job's moving window. */
static struct snapshot_decision decide(struct window moving, const struct snapshots *held,
                                       struct arena *arena)
{
    static const struct window window = {true, FROM, TO};
    struct snapshot_decision decision;
    struct windows windows = {&moving, moving.bounded};
    struct snapshot_chunk chunk = {&window, &windows, TODAY};
    snapshot_decide(&chunk, held, arena, &decision);
    return decision;
}

static const struct snapshots nothing;
static const struct window own = {true, FROM, TO};
static const struct window none;

static void a_given_window_meets_the_jobs_moving_window_of_today(void **state)
{
    (void)state;
    static const bool refused[RELATIONS] = {false, false, true, true, true,  true, false,
                                            true,  true,  true, true, false, false};
    SCOPED(arena) struct arena *arena = arena_make();
    for (size_t place = 0; place < RELATIONS; place++) {
        struct window moving = {true, relations[place].from, relations[place].to};
        struct snapshot_decision decision = decide(moving, &nothing, arena);
        if (decision.is_refused != refused[place])
            fail_msg("%s: %d", relations[place].name, decision.is_refused);
        if (!decision.is_refused)
            continue;
        assert_int_equal(decision.refusal, SNAPSHOT_CURRENT);
        assert_int_equal(decision.other.from, moving.from);
        assert_int_equal(decision.other.to, moving.to);
    }
}

static void a_window_moves_where_it_is_the_jobs_own_of_today(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot_decision decision = decide(own, &nothing, arena);
    assert_true(decision.loaded.is_moving);
    assert_int_equal(decision.loaded.as_of, TODAY);
    assert_false(decide((struct window){true, 20, 30}, &nothing, arena).loaded.is_moving);
    assert_false(decide(none, &nothing, arena).loaded.is_moving);
}

static void a_moving_window_that_is_given_again_still_moves(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot held = snapshot_at(FROM, TO, true, TODAY - 3, 7);
    struct snapshots one = {&held, 1};
    struct snapshot_decision decision = decide((struct window){true, 13, 23}, &one, arena);
    assert_false(decision.is_refused);
    assert_true(decision.loaded.is_moving);
    assert_int_equal(decision.loaded.as_of, TODAY - 3);
    assert_int_equal(decision.rows_replaced, 0);
}

static void a_given_window_moves_once_it_is_loaded_as_the_jobs_own(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot held = snapshot_at(FROM, TO, false, 0, 7);
    struct snapshots one = {&held, 1};
    struct snapshot_decision decision = decide(own, &one, arena);
    assert_false(decision.is_refused);
    assert_true(decision.loaded.is_moving);
    assert_int_equal(decision.loaded.as_of, TODAY);
}

static void the_same_month_is_of_the_later_day(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot held = snapshot_at(FROM, TO, true, TODAY + 1, 7);
    struct snapshots one = {&held, 1};
    assert_int_equal(decide(own, &one, arena).loaded.as_of, TODAY + 1);
}

static void all_that_are_replaced_are_counted(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot held[] = {
        snapshot_at(5, 10, false, 0, 1),    snapshot_at(10, 12, true, 12, 20),
        snapshot_at(10, 20, false, 0, 300), snapshot_at(12, 20, false, 0, 4000),
        snapshot_at(20, 30, true, 30, 5),
    };
    struct snapshots all = {held, COUNT_OF(held)};
    struct snapshot_decision decision = decide(none, &all, arena);
    assert_false(decision.is_refused);
    assert_int_equal(decision.replaced.count, 2);
    assert_int_equal(decision.rows_replaced, 4020);
}

static void one_window_in_the_way_is_enough_to_refuse(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct snapshot held[] = {snapshot_at(10, 12, true, 12, 20), snapshot_at(18, 22, false, 0, 1)};
    struct snapshots all = {held, COUNT_OF(held)};
    struct snapshot_decision decision = decide(own, &all, arena);
    assert_true(decision.is_refused);
    assert_int_equal(decision.refusal, SNAPSHOT_GIVEN);
    assert_int_equal(decision.other.from, 18);
    assert_int_equal(decision.other.to, 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_window_meets_each_other),
        cmocka_unit_test(a_given_window_meets_the_jobs_moving_window_of_today),
        cmocka_unit_test(a_window_moves_where_it_is_the_jobs_own_of_today),
        cmocka_unit_test(a_moving_window_that_is_given_again_still_moves),
        cmocka_unit_test(a_given_window_moves_once_it_is_loaded_as_the_jobs_own),
        cmocka_unit_test(the_same_month_is_of_the_later_day),
        cmocka_unit_test(all_that_are_replaced_are_counted),
        cmocka_unit_test(one_window_in_the_way_is_enough_to_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
