/* api/query, the half that is arithmetic. */
#include "api/query_inner.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void page_sizes_go_down_a_ladder_of_round_ones(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(100000), 5000);
    assert_int_equal(query_page_size_below(5000), 2000);
    assert_int_equal(query_page_size_below(2000), 1000);
    assert_int_equal(query_page_size_below(1000), 500);
    assert_int_equal(query_page_size_below(500), 250);
    assert_int_equal(query_page_size_below(250), 100);
}

static void page_sizes_between_two_steps_go_to_the_lower_one(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(5001), 5000);
    assert_int_equal(query_page_size_below(4999), 2000);
    assert_int_equal(query_page_size_below(625), 500);
    assert_int_equal(query_page_size_below(101), 100);
}

static void page_sizes_end_at_the_services_own_default(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(100), 100);
}

/* Its deadline and its next poll go by its submit. */
static void a_query_that_is_resumed_is_as_old_as_it_was(void **state)
{
    (void)state;
    struct settings settings = {.api = {.base_url = "https://service.example"}};
    struct api api = {.settings = &settings};
    struct page page;
    struct query query = query_make(&api, "11000000001", 1000);
    int64_t before_ms = clock_now_ms();
    assert_true(query_resume(&query, "https://service.example/q1", 90000, &page));
    assert_in_range(query.submitted_at_ms + 90000, before_ms, clock_now_ms());
    query_cleanup(&query);
}

static void a_query_at_another_service_is_not_resumed(void **state)
{
    (void)state;
    struct settings settings = {.api = {.base_url = "https://service.example"}};
    struct api api = {.settings = &settings};
    struct page page;
    struct query query = query_make(&api, "11000000001", 1000);
    assert_false(query_resume(&query, "https://other.example/q1", 90000, &page));
    assert_false(query_resume(&query, "https://service.example.org/q1", 90000, &page));
    query_cleanup(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_sizes_go_down_a_ladder_of_round_ones),
        cmocka_unit_test(page_sizes_between_two_steps_go_to_the_lower_one),
        cmocka_unit_test(page_sizes_end_at_the_services_own_default),
        cmocka_unit_test(a_query_that_is_resumed_is_as_old_as_it_was),
        cmocka_unit_test(a_query_at_another_service_is_not_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
