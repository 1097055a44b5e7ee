#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int log_fd;
static struct log_scope scope; /* of set_context() */
static char text[4096];

static int open_log(void **state)
{
    (void)state;
    log_fd = memfd_create("log", 0);
    return log_fd < 0;
}

static int close_log(void **state)
{
    (void)state;
    log_divert((struct log_writer){0});
    log_scope_cleanup(&scope);
    return close(log_fd);
}

static void set_up(enum log_format format)
{
    log_setup(&(struct log_options){.fd = log_fd, .level = LOG_INFO, .format = format});
}

/* What has been logged, without the time at its start: 24 characters, behind a prefix in JSON. */
static const char *logged(size_t skipped)
{
    ssize_t length = pread(log_fd, text, sizeof text - 1, 0);
    assert_true(length > (ssize_t)skipped);
    text[length] = '\0';
    return text + skipped;
}

#define BEFORE_TIME 9 /* {"time":" */
#define TIME 24

static void set_context(void)
{
    scope = log_enter(&(struct log_context){
        .job = "daily", .contract = "11000000001", .window = "2026-11-01..2026-12-01", .run_id = 7});
}

static void a_json_line_has_its_keys_in_order_and_the_numbers_of_the_event_last(void **state)
{
    (void)state;
    set_up(LOG_JSON);
    set_context();
    log_write_numbers(LOG_INFO, "chunk-loaded", LOG_NUMBERS({"rows_read", 98000}, {"requests", 21}),
                      "%d rows", 98000);
    assert_string_equal(logged(BEFORE_TIME + TIME),
                        "\",\"level\":\"info\",\"event\":\"chunk-loaded\",\"job\":\"daily\","
                        "\"contract\":\"11000000001\",\"window\":\"2026-11-01..2026-12-01\",\"run_id\":7,"
                        "\"message\":\"98000 rows\",\"rows_read\":98000,\"requests\":21}\n");
    assert_memory_equal(text, "{\"time\":\"", BEFORE_TIME);
}

static void a_json_error_has_hint_kind_and_exit_code(void **state)
{
    (void)state;
    struct err err;
    set_up(LOG_JSON);
    err_set(&err, ERR_AUTH, "the service forbids it (403)");
    err_hint(&err, "check \"auth.scopes\"");
    log_error("chunk-failed", &err);
    assert_string_equal(
        logged(BEFORE_TIME + TIME),
        "\",\"level\":\"error\",\"event\":\"chunk-failed\",\"message\":\"the service forbids it "
        "(403)\",\"hint\":\"check \\\"auth.scopes\\\"\",\"kind\":\"auth\",\"exit_code\":77}\n");
}

static void a_text_line_has_context_message_and_hint(void **state)
{
    (void)state;
    struct err err;
    set_up(LOG_TEXT);
    set_context();
    err_set(&err, ERR_AUTH, "the service forbids it (403)");
    err_hint(&err, "check auth.scopes");
    log_error("chunk-failed", &err);
    assert_string_equal(logged(TIME), " error daily 11000000001 2026-11-01..2026-12-01 run 7: the service "
                                      "forbids it (403) (check auth.scopes)\n");
}

static void a_text_line_leaves_the_numbers_to_the_message(void **state)
{
    (void)state;
    set_up(LOG_TEXT);
    log_write_numbers(LOG_WARN, "rate-limited", LOG_NUMBERS({"wait_ms", 2000}), "asking again in 2 s");
    assert_string_equal(logged(TIME), " warn  asking again in 2 s\n");
}

static void a_short_line_has_the_time_of_day_and_no_run(void **state)
{
    (void)state;
    log_setup(
        &(struct log_options){.fd = log_fd, .level = LOG_INFO, .format = LOG_TEXT, .short_lines = true});
    set_context();
    log_info("chunk-loaded", "98000 rows");
    assert_string_equal(logged(strlen("03:04:05Z")),
                        " info  daily 11000000001 2026-11-01..2026-12-01: 98000 rows\n");
}

static void a_journal_line_has_a_priority_and_no_time(void **state)
{
    (void)state;
    set_up(LOG_JOURNALD);
    log_warn("rate-limited", "asking again");
    assert_string_equal(logged(0), "<4>asking again\n");
}

static void a_message_of_several_lines_is_one(void **state)
{
    (void)state;
    set_up(LOG_JOURNALD);
    log_info("job", "one\r\n<0>two");
    assert_string_equal(logged(0), "<6>one?\?<0>two\n");
}

static void a_level_that_is_not_wanted_is_not_written(void **state)
{
    (void)state;
    set_up(LOG_JOURNALD);
    log_debug("http-request", "GET");
    log_write_numbers(LOG_DEBUG, "http-request", LOG_NUMBERS({"status", 200}), "GET");
    log_info("job", "done");
    assert_string_equal(logged(0), "<6>done\n");
}

static bool fails_inside_a_scope(void)
{
    SCOPED(log_scope)
    struct log_scope inner = log_enter(&(struct log_context){.job = "weekly", .run_id = 8});
    log_info("job", "inner");
    if (log_wanted(LOG_INFO))
        return false;
    log_info("job", "not reached");
    return true;
}

static void a_scope_restores_the_context_that_it_found_however_it_is_left(void **state)
{
    (void)state;
    set_up(LOG_JOURNALD);
    set_context();
    assert_false(fails_inside_a_scope());
    log_info("job", "outer");
    assert_string_equal(logged(0), "<6>weekly run 8: inner\n"
                                   "<6>daily 11000000001 2026-11-01..2026-12-01 run 7: outer\n");
}

static void scopes_nest_and_the_outermost_leaves_no_context(void **state)
{
    (void)state;
    set_up(LOG_JOURNALD);
    {
        SCOPED(log_scope) struct log_scope outer = log_enter(&(struct log_context){.job = "a"});
        {
            SCOPED(log_scope) struct log_scope inner = log_enter(&(struct log_context){.job = "b"});
            log_info("job", "1");
        }
        log_info("job", "2");
    }
    log_info("job", "3");
    assert_string_equal(logged(0), "<6>b: 1\n<6>a: 2\n<6>3\n");
}

static void take_line(void *context, const char *line, size_t length)
{
    memcpy(context, line, length);
}

static void a_line_that_is_diverted_goes_whole_to_its_writer_alone(void **state)
{
    (void)state;
    char taken[100] = "";
    set_up(LOG_JOURNALD);
    log_divert((struct log_writer){take_line, taken});
    log_info("job", "elsewhere");
    log_divert((struct log_writer){0});
    log_info("job", "here again");
    assert_string_equal(taken, "<6>elsewhere\n");
    assert_string_equal(logged(0), "<6>here again\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_log, close_log)
    const struct CMUnitTest tests[] = {
        CASE(a_json_line_has_its_keys_in_order_and_the_numbers_of_the_event_last),
        CASE(a_json_error_has_hint_kind_and_exit_code),
        CASE(a_text_line_has_context_message_and_hint),
        CASE(a_text_line_leaves_the_numbers_to_the_message),
        CASE(a_short_line_has_the_time_of_day_and_no_run),
        CASE(a_journal_line_has_a_priority_and_no_time),
        CASE(a_message_of_several_lines_is_one),
        CASE(a_level_that_is_not_wanted_is_not_written),
        CASE(a_scope_restores_the_context_that_it_found_however_it_is_left),
        CASE(scopes_nest_and_the_outermost_leaves_no_context),
        CASE(a_line_that_is_diverted_goes_whole_to_its_writer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
