#include "job/request_body.h"
#include "unit/job/reading.h"

static date_t day(const char *text)
{
    date_t date = 0;
    assert_true(date_parse(text, strlen(text), &date));
    return date;
}

static void assert_body(const char *yaml, const struct window *window, const char *expected)
{
    SCOPED(reading) struct reading reading = read_jobs(yaml);
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    assert_int_equal(reading.findings.errors, 0);
    buf_put(&body, ">");
    request_body_put(&reading.jobs.items[0], window, &body);
    assert_string_equal(buf_text(&body) + 1, expected);
}

static void the_body_leaves_out_what_the_job_does_not_say(void **state)
{
    (void)state;
    const struct window none = {0};
    assert_body("contract: 1\nquery: {fields: [usageDate]}\n", &none, "{\"fields\":[\"usageDate\"]}");
    assert_body("contract: 1\nquery: {metrics: [tokensConsumed, usageHours]}\n", &none,
                "{\"metrics\":[\"tokensConsumed\",\"usageHours\"]}");
}

static void the_body_has_its_keys_in_order(void **state)
{
    (void)state;
    const struct window none = {0};
    assert_body("contract: 1\nquery:\n  where: \"userName = 'a\\\"b'\"\n  usageCategory: [DESKTOP_PRODUCT]\n"
                "  metrics: [tokensConsumed]\n  fields: [usageCategory, productName]\n",
                &none,
                "{\"fields\":[\"usageCategory\",\"productName\"],\"metrics\":[\"tokensConsumed\"],"
                "\"usageCategory\":[\"DESKTOP_PRODUCT\"],\"where\":\"userName = 'a\\\"b'\"}");
}

static void the_window_becomes_a_condition(void **state)
{
    (void)state;
    const struct window november = {true, day("2026-11-01"), day("2026-11-22")};
    assert_body(
        "contract: 1\nquery: {fields: [usageDate]}\nwindow: {field: usageDate}\n", &november,
        "{\"fields\":[\"usageDate\"],\"where\":\"usageDate >= '2026-11-01' AND usageDate < '2026-11-22'\"}");
    assert_body("contract: 1\nquery: {fields: [usageMonth], where: \"userName = 'a' OR userName = 'b'\"}\n"
                "window: {field: usageMonth}\n",
                &november,
                "{\"fields\":[\"usageMonth\"],\"where\":\"(userName = 'a' OR userName = 'b') AND "
                "usageMonth >= '2026-11-01' AND usageMonth < '2026-11-22'\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_body_leaves_out_what_the_job_does_not_say),
        cmocka_unit_test(the_body_has_its_keys_in_order),
        cmocka_unit_test(the_window_becomes_a_condition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
