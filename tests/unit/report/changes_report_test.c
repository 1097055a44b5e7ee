#include "report/changes_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-22 03:04:05.678 UTC */
#define MOMENT INT64_C(1795316645678)

static struct restatement_item items[] = {
    {.job = "daily",
     .contract = "11000000001",
     .month = "2026-03-01",
     .metric = "tokensConsumed",
     .before = "12345678901234567890.5",
     .after = "12345678901234567891.5",
     .difference = "1",
     .rows_changed = 3,
     .rows_added = 2,
     .rows_vanished = 1,
     .times = 2,
     .run_id = 42,
     .restated_ms = MOMENT},
    {.job = "users",
     .contract = "11000000001",
     .window_start = "2026-03-01",
     .window_end = "2026-04-01",
     .metric = "uniqueUsers",
     .rows_changed = 1,
     .times = 1,
     .run_id = 41,
     .restated_ms = MOMENT},
};
static const struct restatement_list two = {items, 2};
static const struct restatement_list none;

static struct restated_row row_items[] = {{.job = "daily",
                                           .contract = "11000000001",
                                           .month = "2026-03-01",
                                           .operation = "delete",
                                           .before = "{\"tokens_consumed\": 1.50}",
                                           .key = "2026-03-05, ann",
                                           .figures = "tokens_consumed 1.50",
                                           .run_id = 42,
                                           .restated_ms = MOMENT}};
static const struct restated_rows rows = {.items = row_items, .count = 1};

static void the_table_has_a_line_a_figure(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    changes_report_put_table(&two, NULL, &out);
    assert_string_equal(buf_text(&out),
                        "job    contract     month                   metric                          before  "
                        "                 after"
                        "  difference  changed  added  vanished  restated\n"
                        "daily  11000000001  2026-03                 tokensConsumed  12345678901234567890.5  "
                        "12345678901234567891.5           1        3      2         1  2026-11-22 03:04\n"
                        "users  11000000001  2026-03-01..2026-04-01  uniqueUsers                             "
                        "                    "
                        "                      1      0         0  2026-11-22 03:04\n");
}

static void the_rows_stand_below(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    changes_report_put_table(&two, &rows, &out);
    assert_non_null(
        strstr(buf_text(&out),
               "\n\nrestated          job    contract     change  row              figures\n"
               "2026-11-22 03:04  daily  11000000001  delete  2026-03-05, ann  tokens_consumed 1.50\n"));
}

static void nothing_changed_is_one_line(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    changes_report_put_table(&none, &rows, &out);
    assert_string_equal(buf_text(&out), "No load has changed data that was loaded before.\n");
}

static void scripts_get_all_digits_and_null_where_there_is_no_sum(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    changes_report_put_json(&two, NULL, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"changes\":[{\"job\":\"daily\",\"contract_number\":\"11000000001\",\"month\":\"2026-03-01\","
        "\"metric\":\"tokensConsumed\",\"before\":12345678901234567890.5,\"after\":12345678901234567891.5,"
        "\"rows_changed\":3,\"rows_added\":2,\"rows_vanished\":1,\"run_id\":42,"
        "\"restated_at\":\"2026-11-22T03:04:05.678Z\"},\n"
        "{\"job\":\"users\",\"contract_number\":\"11000000001\",\"month\":null,\"metric\":\"uniqueUsers\","
        "\"before\":null,\"after\":null,\"rows_changed\":1,\"rows_added\":0,\"rows_vanished\":0,\"run_id\":"
        "41,"
        "\"restated_at\":\"2026-11-22T03:04:05.678Z\"}]}\n");
}

static void scripts_get_the_rows_where_they_are_wanted(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    changes_report_put_json(&none, &rows, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"changes\":[],\"rows\":[{\"job\":\"daily\",\"contract_number\":\"11000000001\","
        "\"month\":\"2026-03-01\",\"operation\":\"delete\",\"before\":{\"tokens_consumed\": 1.50},"
        "\"after\":null,\"run_id\":42,\"restated_at\":\"2026-11-22T03:04:05.678Z\"}]}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_a_line_a_figure),
        cmocka_unit_test(the_rows_stand_below),
        cmocka_unit_test(nothing_changed_is_one_line),
        cmocka_unit_test(scripts_get_all_digits_and_null_where_there_is_no_sum),
        cmocka_unit_test(scripts_get_the_rows_where_they_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
