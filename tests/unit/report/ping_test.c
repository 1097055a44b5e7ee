#include "report/ping_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct job daily = {.name = "daily"};

static void assert_url(const char *url, const char *segment, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    ping_put_url(&out, url, segment);
    assert_string_equal(buf_text(&out), expected);
}

static void a_segment_is_added_to_the_path(void **state)
{
    (void)state;
    assert_url("https://hc-ping.com/uuid", "start", "https://hc-ping.com/uuid/start");
    assert_url("https://hc-ping.com/uuid", "69", "https://hc-ping.com/uuid/69");
    assert_url("https://hc-ping.com", "start", "https://hc-ping.com/start");
    assert_url("https://hc-ping.com/uuid/", "start", "https://hc-ping.com/uuid/start");
}

static void a_query_stays_behind_the_path(void **state)
{
    (void)state;
    assert_url("https://h/key/slug?create=1&x=a/b", "start", "https://h/key/slug/start?create=1&x=a/b");
    assert_url("https://h/key/slug/?create=1", "75", "https://h/key/slug/75?create=1");
    assert_url("https://h?create=1", "start", "https://h/start?create=1");
    assert_url("https://h/key?", "1", "https://h/key/1?");
}

static void the_url_of_success_is_as_it_was_given(void **state)
{
    (void)state;
    assert_url("https://h/uuid", "", "https://h/uuid");
    assert_url("https://h/uuid/", "", "https://h/uuid/");
    assert_url("https://h/key/slug?create=1", "", "https://h/key/slug?create=1");
}

static struct run_item succeeded(void)
{
    return (struct run_item){
        .chunk = {&daily, "11000000001", "daily", {true, 20758, 20788}, {0}, 0, 1, 1, 0}, /* 2026-11-01 until
                                                                                             2026-12-01 */
        .result = {.status = CHUNK_SUCCEEDED, .requests = 3},
    };
}

static struct run_item failed(enum err_kind kind, const char *text)
{
    struct run_item item = {
        .chunk = {&daily, "11000000002", "daily", {true, 20758, 20788}, {0}, 0, 1, 1, 0},
        .result = {.status = CHUNK_FAILED, .requests = 1},
    };
    err_set(&item.result.err, kind, "%s", text);
    return item;
}

static void assert_body(const struct run_end *end, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    ping_put_body(&out, end);
    assert_string_equal(buf_text(&out), expected);
}

static void the_body_of_a_success_counts(void **state)
{
    (void)state;
    struct run_item items[] = {succeeded(), succeeded()};
    struct run_outcome outcome = {.items = items, .count = 2};
    assert_body(&(struct run_end){.outcome = &outcome, .err = &(struct err){0}, .elapsed_ms = 34567},
                "exit code 0 after 34.6 s\n2 of 2 succeeded, 6 requests\n");
}

static void the_body_of_a_quiet_night_counts_the_requests_that_found_out(void **state)
{
    (void)state;
    struct run_item items[] = {succeeded(), succeeded()};
    items[1].result = (struct chunk_result){.status = CHUNK_SKIPPED, .is_unchanged = true};
    struct run_outcome outcome = {.items = items, .count = 2, .change_requests = 2};
    assert_body(&(struct run_end){.outcome = &outcome, .err = &(struct err){0}},
                "exit code 0 after 0.0 s\n1 of 2 succeeded, 1 unchanged, 5 requests\n");
}

static void the_body_of_a_failure_says_what_failed_and_why(void **state)
{
    (void)state;
    struct run_item items[] = {succeeded(), failed(ERR_AUTH, "the service forbids it (403)")};
    struct run_outcome outcome = {.items = items, .count = 2, .failed = 1};
    assert_body(
        &(struct run_end){
            .outcome = &outcome, .err = &(struct err){0}, .broken = 2, .exit_code = 1, .elapsed_ms = 1000},
        "exit code 1 after 1.0 s\n"
        "1 of 2 succeeded, 4 requests\n"
        "daily 11000000002 2026-11-01..2026-12-01: the service forbids it (403)\n"
        "2 job files have errors: tokenflex-etl check shows them\n");
}

static void the_body_shows_no_row(void **state)
{
    (void)state;
    struct run_item items[] = {failed(ERR_DATA, "row 3, column userName: \"jane@example.com\" is no date")};
    struct run_outcome outcome = {.items = items, .count = 1, .failed = 1};
    assert_body(&(struct run_end){.outcome = &outcome, .err = &(struct err){0}, .exit_code = 65},
                "exit code 65 after 0.0 s\n"
                "0 of 1 succeeded, 1 request\n"
                "daily 11000000002 2026-11-01..2026-12-01: the data cannot be loaded as it is: the log says "
                "why\n");
}

static void the_body_of_a_run_that_could_not_begin_says_why(void **state)
{
    (void)state;
    struct run_outcome outcome = {0};
    struct err err;
    err_set(&err, ERR_UNAVAILABLE, "no answer from PostgreSQL\nat db");
    assert_body(&(struct run_end){.outcome = &outcome, .err = &err, .exit_code = 69},
                "exit code 69 after 0.0 s\nno answer from PostgreSQL?at db\n");
}

static void the_body_stays_short_however_much_has_failed(void **state)
{
    (void)state;
    char text[1200];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct run_item items[50];
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = failed(ERR_UNAVAILABLE, text);
    struct run_outcome outcome = {.items = items, .count = 50, .failed = 50};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    ping_put_body(&out, &(struct run_end){.outcome = &outcome, .err = &(struct err){0}, .exit_code = 69});
    assert_in_range(out.length, 8000, 10000);
    assert_non_null(strstr(buf_text(&out), "\nand 30 more failed\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_is_added_to_the_path),
        cmocka_unit_test(a_query_stays_behind_the_path),
        cmocka_unit_test(the_url_of_success_is_as_it_was_given),
        cmocka_unit_test(the_body_of_a_success_counts),
        cmocka_unit_test(the_body_of_a_quiet_night_counts_the_requests_that_found_out),
        cmocka_unit_test(the_body_of_a_failure_says_what_failed_and_why),
        cmocka_unit_test(the_body_shows_no_row),
        cmocka_unit_test(the_body_of_a_run_that_could_not_begin_says_why),
        cmocka_unit_test(the_body_stays_short_however_much_has_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
