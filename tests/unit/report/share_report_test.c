/* report/share_report: who works on what of a share. */
#include "report/share_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OPENED_MS INT64_C(1796000000000) /* 2026-11-30T00:53:20Z */

static struct work_view_chunk chunks[] = {
    {"usage", "1", {true, 20454, 20485}, WORK_RUNNING, "one", "", OPENED_MS + 60000},
    {"usage", "1", {true, 20485, 20513}, WORK_FAILED, "two", "no such field", 0},
};

static const char *hosts[] = {"one (process 4)", "two (process 5)"};

static struct work_view_round go_on(void)
{
    return (struct work_view_round){
        .round = 3,
        .task = "run --tag nightly",
        .opened_ms = OPENED_MS,
        .hosts = {hosts, 2},
        .counts = {[WORK_WAITING] = 4,
                   [WORK_RUNNING] = 1,
                   [WORK_SUCCEEDED] = 2,
                   [WORK_SKIPPED] = 1,
                   [WORK_FAILED] = 1},
        .chunks = chunks,
        .chunk_count = 2,
    };
}

static void assert_text(struct work_view_round round, const char *expected)
{
    struct work_view view = {"night", &round, 1};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    share_report_put_text(&view, &out);
    assert_string_equal(buf_text(&out), expected);
}

static void a_round_is_told_with_its_hosts_and_what_they_work_on(void **state)
{
    (void)state;
    assert_text(
        go_on(),
        "\nShare night, round 3 (run --tag nightly), opened 2026-11-30T00:53:20.000Z: 3 of 9 chunks done, "
        "1 at work, 4 waiting, 1 failed.\n"
        "Hosts: one (process 4), two (process 5).\n"
        "job    contract  window                  state    host  lease until\n"
        "usage  1         2026-01-01..2026-02-01  running  one   2026-11-30T00:54:20.000Z\n"
        "usage  1         2026-02-01..2026-03-01  failed   two   \n");
}

static void a_round_that_all_have_left_says_so(void **state)
{
    (void)state;
    struct work_view_round left = {
        .round = 1, .task = "run", .opened_ms = OPENED_MS, .counts = {[WORK_WAITING] = 1}};
    assert_text(
        left, "\nShare night, round 1 (run), opened 2026-11-30T00:53:20.000Z: 0 of 1 chunk done, 1 waiting.\n"
              "No host is at work on it; the next run of the same jobs continues it.\n");
}

static void a_round_that_is_over_tells_since_when(void **state)
{
    (void)state;
    struct work_view_round over = {
        .round = 1, .task = "run", .opened_ms = 1, .closed_ms = OPENED_MS, .counts = {[WORK_SUCCEEDED] = 2}};
    assert_text(over,
                "\nShare night, round 1 (run), over since 2026-11-30T00:53:20.000Z: 2 of 2 chunks done.\n");
}

static void scripts_get_the_same(void **state)
{
    (void)state;
    struct work_view_round round = go_on();
    struct work_view view = {"night", &round, 1};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&out);
    json_begin_object(&json, NULL);
    share_report_put_json(&view, &json);
    json_end(&json);
    assert_string_equal(
        buf_text(&out),
        "{\"share\":{\"name\":\"night\",\"rounds\":[{\"round\":3,\"task\":\"run --tag nightly\","
        "\"opened_at\":\"2026-11-30T00:53:20.000Z\",\"closed_at\":null,"
        "\"hosts\":[\"one (process 4)\",\"two (process 5)\"],"
        "\"chunks\":{\"waiting\":4,\"running\":1,\"succeeded\":2,\"skipped\":1,\"failed\":1,\"not_begun\":0},"
        "\"work\":[{\"job\":\"usage\",\"contract_number\":\"1\",\"window_start\":\"2026-01-01\","
        "\"window_end\":\"2026-02-01\",\"state\":\"running\",\"host\":\"one\","
        "\"lease_until\":\"2026-11-30T00:54:20.000Z\",\"error\":null},\n"
        "{\"job\":\"usage\",\"contract_number\":\"1\",\"window_start\":\"2026-02-01\","
        "\"window_end\":\"2026-03-01\",\"state\":\"failed\",\"host\":\"two\",\"lease_until\":null,"
        "\"error\":\"no such field\"}]}]}}");
}

static void without_a_share_there_is_nothing_to_tell(void **state)
{
    (void)state;
    struct work_view none = {"", NULL, 0};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&out);
    share_report_put_text(&none, &out);
    share_report_put_json(&none, &json);
    assert_string_equal(buf_text(&out), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_is_told_with_its_hosts_and_what_they_work_on),
        cmocka_unit_test(a_round_that_all_have_left_says_so),
        cmocka_unit_test(a_round_that_is_over_tells_since_when),
        cmocka_unit_test(scripts_get_the_same),
        cmocka_unit_test(without_a_share_there_is_nothing_to_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
