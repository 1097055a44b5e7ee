/* run/chunk: what a chunk is called, and what tells one question from another. */
#include "run/chunk.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct window november = {true, 20758, 20788};

static void people_are_told_more_than_scripts(void **state)
{
    (void)state;
    assert_string_equal(chunk_status_text(CHUNK_NOT_BEGUN), "not begun");
    assert_string_equal(chunk_status_text(CHUNK_SKIPPED), "skipped");
    assert_string_equal(chunk_status_text(CHUNK_SUCCEEDED), "succeeded");
    assert_string_equal(chunk_status_text(CHUNK_FAILED), "failed");
}

static void expect_question(const struct job *job, const char *expected)
{
    SCOPED(buf) struct buf question = buf_make(BUF_OWN_TEXT);
    struct chunk chunk = {.job = job, .contract = "11000000001", .table = "daily", .window = november};
    chunk_put_request(&chunk, &question);
    assert_string_equal(buf_text(&question), expected);
}

static void the_question_is_the_body_of_the_query(void **state)
{
    (void)state;
    expect_question(&job_daily, "{\"fields\":[\"usageDate\",\"productName\",\"userName\"],"
                                "\"metrics\":[\"tokensConsumed\",\"useCount\"],"
                                "\"where\":\"usageDate >= '2026-11-01' AND usageDate < '2026-12-01'\"}");
}

/* A column that is called otherwise is another column, which has nothing yet. */
static void the_question_has_the_names_of_columns(void **state)
{
    (void)state;
    struct job job = job_daily;
    struct job_rename renames[] = {{"userName", "login"}, {"useCount", "uses"}};
    job.target.renames = renames;
    job.target.rename_count = 2;
    expect_question(&job, "{\"fields\":[\"usageDate\",\"productName\",\"userName\"],"
                          "\"metrics\":[\"tokensConsumed\",\"useCount\"],"
                          "\"where\":\"usageDate >= '2026-11-01' AND usageDate < '2026-12-01'\"}"
                          "\nuserName login\nuseCount uses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_told_more_than_scripts),
        cmocka_unit_test(the_question_is_the_body_of_the_query),
        cmocka_unit_test(the_question_has_the_names_of_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
