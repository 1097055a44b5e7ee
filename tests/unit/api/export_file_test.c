/* api/export_file against the simulator's download port. */
#include "api/export_file.h"
#include "base/clock.h"
#include "unit/api/simulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BYTES ((size_t)16 << 20)

/* An export whose file is there. */
struct exported {
    struct way way;
    struct export export;
    struct buf expected; /* its bytes */
};

/* The bytes by one plain request, before any fault is scripted. */
static void fetch_expected(struct exported *exported)
{
    SCOPED(http_response) struct http_response response;
    struct http_request request = {.url = buf_text(&exported->export.url), .max_bytes = MAX_BYTES};
    must(http_send(exported->way.api.http, &request, &response, &exported->way.err), &exported->way.err);
    assert_int_equal(response.status, 200);
    assert_true(buf_append(&exported->expected, response.body.bytes, response.body.length));
    simulator_control("reset?only=stats", "");
}

static void exported_begin(struct exported *exported)
{
    simulator_control("config", "{\"export_polls\":0}");
    way_begin(&exported->way);
    exported->expected = buf_make(MAX_BYTES);
    make(&exported->way, &exported->export);
    must(export_await(&exported->export, &exported->way.err), &exported->way.err);
    fetch_expected(exported);
}

static void exported_cleanup(struct exported *exported)
{
    buf_release(&exported->expected);
    export_cleanup(&exported->export);
    way_cleanup(&exported->way);
}

/* How a file was read. */
struct reading {
    struct buf bytes; /* since its last start */
    unsigned cuts;
    bool proved;
};

static void reading_cleanup(struct reading *reading)
{
    buf_release(&reading->bytes);
}

static bool read_on(struct export_file *file, struct reading *reading, struct err *err)
{
    struct export_block block;
    for (;;) {
        if (!export_file_read(file, &block, err))
            return false;
        switch (block.kind) {
        case EXPORT_BYTES:
            assert_true(buf_append(&reading->bytes, block.bytes, block.length));
            break;
        case EXPORT_CUT:
            reading->cuts++;
            buf_clear(&reading->bytes);
            if (!export_file_restart(file, err))
                return false;
            break;
        case EXPORT_END:
            reading->proved = block.proved;
            return true;
        }
    }
}

static bool read_file(struct exported *exported, struct reading *reading)
{
    struct err *err = &exported->way.err;
    *reading = (struct reading){.bytes = buf_make(MAX_BYTES)};
    struct export_file file = export_file_make(&exported->export);
    bool read = export_file_open(&file, err) && read_on(&file, reading, err);
    export_file_cleanup(&file);
    return read;
}

static void expect_whole(const struct exported *exported, const struct reading *reading)
{
    assert_int_equal(reading->bytes.length, exported->expected.length);
    assert_memory_equal(reading->bytes.bytes, exported->expected.bytes, exported->expected.length);
    assert_int_equal(simulator_stat("download_with_authorization"), 0);
}

/* Reads the file under this configuration and script of the simulator: it has to come whole. */
static void read_whole(struct exported *exported, const char *config, const char *script,
                       struct reading *reading)
{
    exported_begin(exported);
    simulator_control("config", config);
    simulator_control("script", script);
    must(read_file(exported, reading), &exported->way.err);
    expect_whole(exported, reading);
}

static void a_file_comes_whole_in_every_transfer(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        bool proved;
    } transfers[] = {
        {"{\"download\":{\"transfer\":\"length\"}}", true},
        {"{\"download\":{\"transfer\":\"chunked\"}}", true},
        {"{\"download\":{\"transfer\":\"close\"}}", false},
        {"{\"download\":{\"transfer\":\"chunked\",\"redirect\":true}}", true},
    };
    for (size_t i = 0; i < COUNT_OF(transfers); i++) {
        SCOPED(exported) struct exported exported;
        SCOPED(reading) struct reading reading;
        simulator_reset(NULL);
        read_whole(&exported, transfers[i].config, "[]", &reading);
        assert_int_equal(reading.proved, transfers[i].proved);
        assert_int_equal(reading.cuts, 0);
        assert_int_equal(simulator_requests("export_refresh_url"), 0);
    }
}

static void a_cut_file_is_downloaded_again(void **state)
{
    (void)state;
    static const char *const configs[] = {
        "{\"download\":{\"transfer\":\"length\",\"cut_at\":1000,\"cut_times\":1}}",
        "{\"download\":{\"transfer\":\"chunked\",\"cut_at\":1000,\"cut_times\":1}}",
        "{\"download\":{\"transfer\":\"length\",\"redirect\":true,\"cut_at\":1000,\"cut_times\":1}}",
    };
    for (size_t i = 0; i < COUNT_OF(configs); i++) {
        SCOPED(exported) struct exported exported;
        SCOPED(reading) struct reading reading;
        simulator_reset(NULL);
        read_whole(&exported, configs[i], "[]", &reading);
        assert_int_equal(reading.cuts, 1);
        assert_true(reading.proved);
    }
}

/* The chunk that ends it is all that is missing. */
static void a_file_that_lacks_nothing_but_its_proof_gets_it(void **state)
{
    (void)state;
    char config[128];
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    exported_begin(&exported);
    snprintf(config, sizeof config,
             "{\"download\":{\"transfer\":\"chunked\",\"cut_at\":%zu,\"cut_times\":1}}",
             exported.expected.length);
    simulator_control("config", config);
    must(read_file(&exported, &reading), &exported.way.err);
    expect_whole(&exported, &reading);
    assert_int_equal(reading.cuts, 1);
    assert_true(reading.proved);
}

/* The file ends with its connection, too early; whoever reads it sees that it does. */
static void an_unproved_end_is_downloaded_again(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {.bytes = buf_make(MAX_BYTES)};
    exported_begin(&exported);
    simulator_control("config", "{\"download\":{\"transfer\":\"close\",\"cut_at\":1000,\"cut_times\":1}}");
    struct err *err = &exported.way.err;
    SCOPED(export_file) struct export_file file = export_file_make(&exported.export);
    must(export_file_open(&file, err) && read_on(&file, &reading, err), err);
    assert_false(reading.proved);
    assert_int_equal(reading.bytes.length, 1000);
    buf_clear(&reading.bytes);
    must(export_file_restart(&file, err), err);
    must(read_on(&file, &reading, err), err);
    expect_whole(&exported, &reading);
    assert_false(reading.proved);
}

static void a_file_that_is_cut_again_and_again_is_given_up(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    exported_begin(&exported);
    simulator_control("config", "{\"download\":{\"cut_at\":1000}}");
    assert_false(read_file(&exported, &reading));
    expect_failure(&exported.way, ERR_UNAVAILABLE, "cannot download the export: ");
    expect_failure(&exported.way, ERR_UNAVAILABLE, "cut short after 1000 bytes");
    assert_int_equal(simulator_requests("download"), 3);
    assert_int_equal(exported.export.status, EXPORT_DOWNLOAD);
}

static void an_expired_address_is_replaced(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading;
    read_whole(&exported, "{}", "[{\"on\":\"download\",\"status\":403}]", &reading);
    assert_int_equal(simulator_requests("export_refresh_url"), 1);
}

static void an_address_that_expires_on_the_way_is_replaced(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading;
    read_whole(&exported, "{\"download\":{\"cut_at\":1000,\"cut_times\":1}}",
               "[{\"on\":\"download\",\"nth\":2,\"status\":403}]", &reading);
    assert_int_equal(simulator_requests("export_refresh_url"), 1);
}

/* As the service's clock has it, not a script. */
static void an_address_that_has_really_expired_is_replaced(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    simulator_control("config", "{\"download_url_lifetime_ms\":0}");
    simulator_control("config", "{\"export_polls\":0}");
    way_begin(&exported.way);
    exported.expected = buf_make(MAX_BYTES);
    make(&exported.way, &exported.export);
    must(export_await(&exported.export, &exported.way.err), &exported.way.err);
    int64_t signed_ms = clock_now_ms();
    while (clock_now_ms() <= signed_ms + 1)
        continue;
    simulator_control("config", "{\"download_url_lifetime_ms\":300000}");
    must(read_file(&exported, &reading), &exported.way.err);
    fetch_expected(&exported);
    expect_whole(&exported, &reading);
}

static void an_address_that_is_refused_anew_is_given_up(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    exported_begin(&exported);
    simulator_control("script", "[{\"on\":\"download\",\"times\":-1,\"status\":403}]");
    assert_false(read_file(&exported, &reading));
    expect_failure(&exported.way, ERR_UNAVAILABLE, "the host of the export's file refuses it (403)");
    assert_int_equal(simulator_requests("export_refresh_url"), 2);
    assert_int_equal(exported.export.status, EXPORT_DOWNLOAD);
}

static void a_file_that_its_host_does_not_know_is_gone(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    exported_begin(&exported);
    simulator_control("script", "[{\"on\":\"download\",\"times\":-1,\"status\":404}]");
    assert_false(read_file(&exported, &reading));
    expect_failure(&exported.way, ERR_UNAVAILABLE, "refuses it (404)");
    assert_int_equal(exported.export.status, EXPORT_GONE);
}

static void an_export_that_was_deleted_meanwhile_is_gone(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    bool is_final;
    exported_begin(&exported);
    must(export_delete(&exported.export, &is_final, &exported.way.err), &exported.way.err);
    assert_false(read_file(&exported, &reading));
    expect_failure(&exported.way, ERR_UNAVAILABLE, "cannot get a new address");
    assert_int_equal(exported.export.status, EXPORT_GONE);
}

static void a_part_that_nobody_asked_for_is_asked_again_and_then_given_up(void **state)
{
    (void)state;
    static const char *const scripts[] = {"[{\"on\":\"download\",\"times\":-1,\"status\":206}]",
                                          "[{\"on\":\"download\",\"times\":-1,\"status\":416}]"};
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        SCOPED(exported) struct exported exported;
        SCOPED(reading) struct reading reading = {0};
        simulator_reset(NULL);
        exported_begin(&exported);
        simulator_control("script", scripts[i]);
        assert_false(read_file(&exported, &reading));
        expect_failure(&exported.way, ERR_UNAVAILABLE, ", as if a part of it had been requested");
        assert_int_equal(simulator_requests("download"), 3);
        assert_int_equal(simulator_requests("export_refresh_url"), 0);
    }
}

static void a_host_that_is_broken_for_a_moment_is_asked_again(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading;
    read_whole(&exported, "{}",
               "[{\"on\":\"download\",\"nth\":1,\"status\":503},"
               "{\"on\":\"download\",\"nth\":2,\"close\":\"before\"}]",
               &reading);
    assert_int_equal(simulator_requests("download"), 3);
    assert_int_equal(simulator_requests("export_refresh_url"), 0);
}

static void gzip_comes_as_it_is(void **state)
{
    (void)state;
    SCOPED(exported) struct exported exported;
    SCOPED(reading) struct reading reading = {0};
    simulator_control("config", "{\"csv\":{\"gzip\":true}}");
    exported_begin(&exported);
    simulator_control("config", "{\"download\":{\"cut_at\":500,\"cut_times\":1}}");
    must(read_file(&exported, &reading), &exported.way.err);
    assert_memory_equal(reading.bytes.bytes, "\037\213", 2);
    assert_true(reading.bytes.length < exported.expected.length);
    assert_int_equal(reading.cuts, 1);
    assert_true(reading.proved);
}

static void nothing_is_downloaded_past_the_timeout(void **state)
{
    (void)state;
    struct export_block block;
    SCOPED(exported) struct exported exported;
    exported_begin(&exported);
    struct err *err = &exported.way.err;
    SCOPED(export_file) struct export_file file = export_file_make(&exported.export);
    must(export_file_open(&file, err), err);
    exported.way.api.deadline_ms = clock_now_ms();
    assert_false(export_file_read(&file, &block, err));
    expect_failure(&exported.way, ERR_LATER, "timeout has passed");
    assert_false(export_file_open(&file, err));
    expect_failure(&exported.way, ERR_LATER, "timeout has passed");
}

#define WITH_RESET(test) cmocka_unit_test_setup(test, simulator_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RESET(a_file_comes_whole_in_every_transfer),
        WITH_RESET(a_cut_file_is_downloaded_again),
        WITH_RESET(a_file_that_lacks_nothing_but_its_proof_gets_it),
        WITH_RESET(an_unproved_end_is_downloaded_again),
        WITH_RESET(a_file_that_is_cut_again_and_again_is_given_up),
        WITH_RESET(an_expired_address_is_replaced),
        WITH_RESET(an_address_that_expires_on_the_way_is_replaced),
        WITH_RESET(an_address_that_has_really_expired_is_replaced),
        WITH_RESET(an_address_that_is_refused_anew_is_given_up),
        WITH_RESET(a_file_that_its_host_does_not_know_is_gone),
        WITH_RESET(an_export_that_was_deleted_meanwhile_is_gone),
        WITH_RESET(a_part_that_nobody_asked_for_is_asked_again_and_then_given_up),
        WITH_RESET(a_host_that_is_broken_for_a_moment_is_asked_again),
        WITH_RESET(gzip_comes_as_it_is),
        WITH_RESET(nothing_is_downloaded_past_the_timeout),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
