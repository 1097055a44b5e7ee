#include "report/run_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct job daily = {.name = "daily"};
static const struct job total = {.name = "total"};

static struct run_item succeeded(void)
{
    return (struct run_item){
        .chunk = {&daily, "11000000001", "daily", {true, 20758, 20788}, {0}, 0, 1, 1, 0}, /* 2026-11-01 until
                                                                                             2026-12-01 */
        .result = {.status = CHUNK_SUCCEEDED,
                   .run_id = 42,
                   .source = "query",
                   .rows_read = 1250,
                   .counts = {.inserted = 1000, .updated = 50, .unchanged = 200},
                   .requests = 3,
                   .elapsed_ms = 12340},
    };
}

static struct run_item failed(void)
{
    struct run_item item = {
        .chunk = {&total, "11000000002", "total", {0}, {0}, 0, 1, 1, 0},
        .result = {.status = CHUNK_FAILED, .run_id = 43, .source = "query", .requests = 1, .elapsed_ms = 100},
    };
    err_set(&item.result.err, ERR_DATA, "row 3, column usageDate: \"a\\b\" is no date");
    return item;
}

static struct run_item never_begun(void)
{
    return (struct run_item){.chunk = {&daily, "11000000003", "daily", {true, 20788, 20819}, {0}, 0, 1, 1, 0},
                             .result = {.source = "query"}};
}

static struct run_item finished_before(void)
{
    return (struct run_item){.chunk = {&daily, "11000000001", "daily", {true, 20727, 20758}, {0}, 0, 1, 1, 0},
                             .result = {.status = CHUNK_SKIPPED, .run_id = 41, .source = "query"}};
}

static void the_table_has_a_line_a_chunk_and_a_line_of_sums(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {succeeded(), failed(), never_begun()};
    report_put_table(&(struct run_outcome){.items = items, .count = 3, .failed = 1}, &out);
    assert_string_equal(buf_text(&out),
                        "job    contract     window                  status     rows  inserted  updated  "
                        "unchanged  deleted  requests  "
                        "seconds\n"
                        "daily  11000000001  2026-11-01..2026-12-01  succeeded  1250      1000       50      "
                        "  200        0         3  "
                        "   12.3\n"
                        "total  11000000002                          failed        0         0        0      "
                        "    0        0         1  "
                        "    0.1\n"
                        "daily  11000000003  2026-12-01..2027-01-01  not begun     0         0        0      "
                        "    0        0         0  "
                        "    0.0\n"
                        "\n"
                        "1 of 3 succeeded, 4 requests\n"
                        "total 11000000002 failed: row 3, column usageDate: \"a\\b\" is no date\n");
}

/* A backfill that goes on: people see which chunks are there already, and which are still missing. */
static void the_table_tells_finished_chunks_from_those_not_begun(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {finished_before(), succeeded(), never_begun()};
    report_put_table(&(struct run_outcome){.items = items, .count = 3}, &out);
    assert_non_null(strstr(buf_text(&out), "2026-10-01..2026-11-01  skipped "));
    assert_non_null(strstr(buf_text(&out), "2026-12-01..2027-01-01  not begun "));
    assert_non_null(strstr(buf_text(&out), "\n1 of 3 succeeded, 1 skipped, 3 requests\n"));
}

static void the_table_of_nothing_says_so(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    report_put_table(&(struct run_outcome){0}, &out);
    assert_string_equal(
        buf_text(&out),
        "job  contract  window  status  rows  inserted  updated  unchanged  deleted  requests  seconds\n"
        "\n"
        "0 of 0 succeeded, 0 requests\n");
}

static void the_json_of_a_success_has_every_pinned_member(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {succeeded()};
    report_put_json(&(struct run_outcome){.items = items, .count = 1}, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"runs\":[{\"run_id\":42,\"job\":\"daily\",\"contract_number\":\"11000000001\",\"window_start\":"
        "\"2026-11-01\","
        "\"window_end\":\"2026-12-01\",\"source\":\"query\",\"status\":\"succeeded\",\"rows_read\":1250,"
        "\"rows_inserted\":1000,\"rows_updated\":50,\"rows_unchanged\":200,\"rows_deleted\":0,\"rows_"
        "vanished\":0,\"requests\":3,"
        "\"seconds\":12.340,\"error\":null}],\"failed\":0}\n");
}

static void the_json_of_a_failure_says_why(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {failed()};
    report_put_json(&(struct run_outcome){.items = items, .count = 1, .failed = 1}, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"runs\":[{\"run_id\":43,\"job\":\"total\",\"contract_number\":\"11000000002\",\"window_start\":"
        "null,"
        "\"window_end\":null,\"source\":\"query\",\"status\":\"failed\",\"rows_read\":0,\"rows_inserted\":0,"
        "\"rows_updated\":0,\"rows_unchanged\":0,\"rows_deleted\":0,\"rows_vanished\":0,\"requests\":1,"
        "\"seconds\":0.100,"
        "\"error\":\"row 3, column usageDate: \\\"a\\\\b\\\" is no date\"}],\"failed\":1}\n");
}

static void a_chunk_without_a_run_has_no_run_id(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {never_begun()};
    report_put_json(&(struct run_outcome){.items = items, .count = 1}, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"runs\":[{\"run_id\":null,\"job\":\"daily\",\"contract_number\":\"11000000003\","
        "\"window_start\":\"2026-12-01\",\"window_end\":\"2027-01-01\",\"source\":\"query\",\"status\":"
        "\"skipped\","
        "\"rows_read\":0,\"rows_inserted\":0,\"rows_updated\":0,\"rows_unchanged\":0,\"rows_deleted\":0,"
        "\"rows_vanished\":0,"
        "\"requests\":0,\"seconds\":0.000,\"error\":null}],\"failed\":0}\n");
}

/* Which is how a script tells it from one that was not begun. */
static void the_json_of_a_skipped_chunk_has_its_run_id(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {finished_before()};
    report_put_json(&(struct run_outcome){.items = items, .count = 1}, &out);
    assert_non_null(strstr(buf_text(&out), "{\"run_id\":41,"));
    assert_non_null(strstr(buf_text(&out), "\"status\":\"skipped\""));
    assert_non_null(strstr(buf_text(&out), "\"error\":null}],\"failed\":0}"));
}

static void the_json_of_several_chunks_is_one_document(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_item items[] = {never_begun(), never_begun()};
    items[0].chunk.contract = "a\"b";
    report_put_json(&(struct run_outcome){.items = items, .count = 2}, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"runs\":[{\"run_id\":null,\"job\":\"daily\",\"contract_number\":\"a\\\"b\","
        "\"window_start\":\"2026-12-01\",\"window_end\":\"2027-01-01\",\"source\":\"query\",\"status\":"
        "\"skipped\","
        "\"rows_read\":0,\"rows_inserted\":0,\"rows_updated\":0,\"rows_unchanged\":0,\"rows_deleted\":0,"
        "\"rows_vanished\":0,"
        "\"requests\":0,\"seconds\":0.000,\"error\":null},\n"
        "{\"run_id\":null,\"job\":\"daily\",\"contract_number\":\"11000000003\","
        "\"window_start\":\"2026-12-01\",\"window_end\":\"2027-01-01\",\"source\":\"query\",\"status\":"
        "\"skipped\","
        "\"rows_read\":0,\"rows_inserted\":0,\"rows_updated\":0,\"rows_unchanged\":0,\"rows_deleted\":0,"
        "\"rows_vanished\":0,"
        "\"requests\":0,\"seconds\":0.000,\"error\":null}],\"failed\":0}\n");
}

static void the_json_of_nothing_is_a_document_too(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    report_put_json(&(struct run_outcome){0}, &out);
    assert_string_equal(buf_text(&out), "{\"runs\":[],\"failed\":0}\n");
}

static void every_status_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(chunk_status_name(CHUNK_NOT_BEGUN), "skipped");
    assert_string_equal(chunk_status_name(CHUNK_SKIPPED), "skipped");
    assert_string_equal(chunk_status_name(CHUNK_SUCCEEDED), "succeeded");
    assert_string_equal(chunk_status_name(CHUNK_FAILED), "failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_a_line_a_chunk_and_a_line_of_sums),
        cmocka_unit_test(the_table_tells_finished_chunks_from_those_not_begun),
        cmocka_unit_test(the_table_of_nothing_says_so),
        cmocka_unit_test(the_json_of_a_skipped_chunk_has_its_run_id),
        cmocka_unit_test(the_json_of_a_success_has_every_pinned_member),
        cmocka_unit_test(the_json_of_a_failure_says_why),
        cmocka_unit_test(a_chunk_without_a_run_has_no_run_id),
        cmocka_unit_test(the_json_of_several_chunks_is_one_document),
        cmocka_unit_test(the_json_of_nothing_is_a_document_too),
        cmocka_unit_test(every_status_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
