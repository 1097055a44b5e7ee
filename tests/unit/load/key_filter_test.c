#include "load/key_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A key as random as a hash: splitmix64, twice. */
static void make_key(uint64_t number, unsigned char *key)
{
    for (size_t half = 0; half < 2; half++) {
        uint64_t mixed = (number * 2 + half + 1) * UINT64_C(0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
        mixed ^= mixed >> 31;
        memcpy(key + 8 * half, &mixed, 8);
    }
}

static void add_keys(struct key_filter *filter, uint64_t first, uint64_t count)
{
    unsigned char key[ROW_KEY_BYTES];
    for (uint64_t i = first; i < first + count; i++) {
        make_key(i, key);
        key_filter_add(filter, key);
    }
}

static void a_key_that_comes_twice_is_a_candidate(void **state)
{
    (void)state;
    struct key_filter *filter = key_filter_make();
    const unsigned char *keys;
    unsigned char key[ROW_KEY_BYTES];
    size_t count;
    add_keys(filter, 0, 1000);
    assert_true(key_filter_candidates(filter, &keys, &count));
    assert_int_equal(count, 0);
    add_keys(filter, 17, 1);
    add_keys(filter, 999, 1);
    assert_true(key_filter_candidates(filter, &keys, &count));
    assert_int_equal(count, 2);
    make_key(17, key);
    assert_memory_equal(keys, key, ROW_KEY_BYTES);
    make_key(999, key);
    assert_memory_equal(keys + ROW_KEY_BYTES, key, ROW_KEY_BYTES);
    key_filter_release(filter);
}

static void of_a_million_different_keys_none_is_a_candidate(void **state)
{
    (void)state;
    struct key_filter *filter = key_filter_make();
    const unsigned char *keys;
    size_t count;
    add_keys(filter, 0, 1000000);
    assert_true(key_filter_candidates(filter, &keys, &count));
    assert_int_equal(count, 0);
    key_filter_release(filter);
}

static void too_many_candidates_are_told(void **state)
{
    (void)state;
    struct key_filter *filter = key_filter_make();
    const unsigned char *keys;
    size_t count;
    add_keys(filter, 0, KEY_FILTER_MAX_CANDIDATES);
    add_keys(filter, 0, KEY_FILTER_MAX_CANDIDATES);
    assert_true(key_filter_candidates(filter, &keys, &count));
    add_keys(filter, 0, 1);
    assert_false(key_filter_candidates(filter, &keys, &count));
    key_filter_release(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_comes_twice_is_a_candidate),
        cmocka_unit_test(of_a_million_different_keys_none_is_a_candidate),
        cmocka_unit_test(too_many_candidates_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
