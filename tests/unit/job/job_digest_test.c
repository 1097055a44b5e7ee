/* job/job_digest: whether two hosts have the same definition of a job. */
#include "unit/job/reading.h"

#define JOB                                                                                                  \
    "name: daily\n"                                                                                          \
    "contract: \"1\"\n"                                                                                      \
    "query:\n"                                                                                               \
    "  fields: [usageDate]\n"                                                                                \
    "  metrics: [tokensConsumed]\n"

static bool is_same(const char *one, const char *other)
{
    SCOPED(reading) struct reading first = read_jobs(one);
    SCOPED(reading) struct reading second = read_jobs(other);
    assert_int_equal(first.jobs.count, 1);
    assert_int_equal(second.jobs.count, 1);
    return text_equal(first.jobs.items[0].digest, second.jobs.items[0].digest);
}

static void comments_and_quotes_and_layout_do_not_count(void **state)
{
    (void)state;
    assert_true(is_same(JOB, JOB));
    assert_true(is_same(JOB, "# By hand.\n" JOB "# The end.\n"));
    assert_true(is_same(JOB, "name: 'daily'\ncontract: '1'\n"
                             "query: {fields: [\"usageDate\"], metrics: [tokensConsumed]}\n"));
}

static void a_value_a_key_and_an_item_do(void **state)
{
    (void)state;
    assert_false(is_same(JOB, JOB "page_size: 100\n"));
    assert_false(is_same(JOB "page_size: 100\n", JOB "page_size: 1000\n"));
    assert_false(is_same(JOB "tags: [a, b]\n", JOB "tags: [ab]\n"));
    assert_false(is_same(JOB "tags: [a, b]\n", JOB "tags: [b, a]\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_and_quotes_and_layout_do_not_count),
        cmocka_unit_test(a_value_a_key_and_an_item_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
