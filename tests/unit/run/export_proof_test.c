/* run/export_rows: what proves a file whole, against a server that sends any bytes, others each time. */
#include "run/export_rows.h"
#include "unit/api/simulator.h"
#include "unit/wire/http/tiny_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *asked[] = {"userName", "tokensConsumed"};
static const struct text_list names = {asked, COUNT_OF(asked)};

#define CLOSE "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define TAGGED "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n"
#define OLD "HTTP/1.0 200 OK\r\n\r\n"
#define HEADER "userName,tokensConsumed\n" /* 24 bytes */
#define ANN "Ann,1\n"
#define BOB "Bob,2\n"
#define CAT "\"Cat \n3\",3\n" /* 11 bytes */
#define WHOLE HEADER ANN BOB CAT
#define ALL "Ann 1;Bob 2;Cat \n3 3;"
#define LENGTH "HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n" WHOLE
#define CHUNKS "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2f\r\n" WHOLE "\r\n0\r\n\r\n"

#define NO_LENGTH "its host does not state its length"
#define LENGTH_CHANGED "its host announced or sent more bytes before"

/* The answers to the requests, one after the other; the last one comes again. */
#define MAX_ANSWERS 6
static const char *const *answers;
static atomic_uint answered;
static atomic_uint ranges; /* requests for a part of the file */

static bool serve(const struct tiny_request *request)
{
    unsigned number = atomic_fetch_add(&answered, 1);
    if (strstr(request->text, "\r\nRange:"))
        atomic_fetch_add(&ranges, 1);
    while (number >= MAX_ANSWERS || !answers[number])
        number--;
    tiny_send(request, answers[number]);
    return false;
}

struct reading {
    struct way way;
    struct export export;
    struct tiny_server *server;
    struct export_rows *rows;
    struct buf text; /* the rows since the last start: "Ann 1;Bob 2;" */
};

static void reading_cleanup(struct reading *reading)
{
    export_rows_release(reading->rows);
    tiny_server_stop(reading->server);
    buf_release(&reading->text);
    export_cleanup(&reading->export);
    way_cleanup(&reading->way);
}

static void reading_begin(struct reading *reading, const char *const *served)
{
    char url[64];
    answers = served;
    atomic_store(&answered, 0);
    *reading = (struct reading){.text = buf_make(10000), .server = tiny_server_start(serve)};
    way_begin(&reading->way);
    reading->export = export_make(&reading->way.api, CONTRACT);
    reading->export.status = EXPORT_DOWNLOAD;
    tiny_server_url(reading->server, "/file", url, sizeof url);
    assert_true(buf_append_text(&reading->export.url, url));
}

static bool read_rows(struct reading *reading)
{
    struct err *err = &reading->way.err;
    struct export_row row;
    enum export_rows_state state;
    reading->rows = export_rows_open(&reading->export, &names, err);
    if (!reading->rows)
        return false;
    for (;;) {
        if (!export_rows_next(reading->rows, &state, &row, err))
            return false;
        if (state == EXPORT_ROWS_END)
            return true;
        if (state == EXPORT_ROWS_ROW) {
            buf_print(&reading->text, "%.*s %.*s;", (int)row.cells[0].length, row.cells[0].bytes,
                      (int)row.cells[1].length, row.cells[1].bytes);
            continue;
        }
        if (!export_rows_restart(reading->rows, err))
            return false;
        buf_clear(&reading->text);
    }
}

struct proved {
    const char *answers[MAX_ANSWERS];
    unsigned downloads;
    const char *unproved_reason;
    const char *rows;
};

static void expect_proved(const struct proved *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SCOPED(reading) struct reading reading;
        reading_begin(&reading, files[i].answers);
        if (!read_rows(&reading))
            fail_msg("file %zu: %s", i, reading.way.err.text);
        const char *unproved_reason = export_rows_unproved_reason(reading.rows);
        assert_string_equal(buf_text(&reading.text), files[i].rows);
        if (answered != files[i].downloads)
            fail_msg("file %zu: %u downloads", i, answered);
        assert_string_equal(unproved_reason ? unproved_reason : "", files[i].unproved_reason);
    }
}

struct refused {
    const char *answers[MAX_ANSWERS];
    unsigned downloads;
    const char *words;
};

static void expect_refused(const struct refused *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SCOPED(reading) struct reading reading;
        reading_begin(&reading, files[i].answers);
        if (read_rows(&reading))
            fail_msg("file %zu: %s", i, buf_text(&reading.text));
        expect_failure(&reading.way, ERR_UNAVAILABLE, files[i].words);
        assert_non_null(strstr(reading.way.err.hint, "check the proxy"));
        if (answered != files[i].downloads)
            fail_msg("file %zu: %u downloads", i, answered);
    }
}

static void a_file_without_a_length_is_downloaded_twice(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{CLOSE WHOLE}, 2, NO_LENGTH, ALL},
        {{OLD WHOLE}, 2, NO_LENGTH, ALL},
        {{TAGGED WHOLE}, 2, NO_LENGTH, ALL},
        {{CLOSE HEADER}, 2, NO_LENGTH, ""},
    };
    expect_proved(files, COUNT_OF(files));
    assert_int_equal(ranges, 0);
}

static void a_file_that_was_cut_is_downloaded_until_two_in_a_row_agree(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{CLOSE HEADER ANN, CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        {{OLD HEADER ANN, OLD WHOLE}, 3, NO_LENGTH, ALL},
        {{TAGGED HEADER ANN, TAGGED WHOLE}, 3, NO_LENGTH, ALL},
        {{CLOSE HEADER, CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        /* A longer one is not believed for that. */
        {{CLOSE WHOLE, CLOSE HEADER ANN}, 3, NO_LENGTH, "Ann 1;"},
        {{CLOSE WHOLE, CLOSE HEADER ANN, CLOSE WHOLE}, 4, NO_LENGTH, ALL},
    };
    expect_proved(files, COUNT_OF(files));
    assert_int_equal(ranges, 0);
}

static void a_cut_that_the_content_shows_is_no_copy_to_agree_with(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{CLOSE, CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        {{CLOSE "userName,tok", CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        {{CLOSE HEADER ANN "Bo", CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        {{CLOSE HEADER ANN BOB "\"Cat \n", CLOSE WHOLE}, 3, NO_LENGTH, ALL},
    };
    expect_proved(files, COUNT_OF(files));
}

static void the_same_length_is_not_the_same_file(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{CLOSE HEADER ANN BOB, CLOSE HEADER ANN "Bob,3\n"}, 3, NO_LENGTH, "Ann 1;Bob 3;"},
        {{CLOSE HEADER ANN BOB, CLOSE HEADER BOB ANN}, 3, NO_LENGTH, "Bob 2;Ann 1;"},
    };
    expect_proved(files, COUNT_OF(files));
}

static void a_transfer_that_proves_itself_needs_no_other(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{LENGTH}, 1, "", ALL},
        {{CHUNKS}, 1, "", ALL},
        {{CLOSE HEADER ANN, LENGTH}, 2, "", ALL},
        {{CLOSE HEADER ANN, CHUNKS}, 2, "", ALL},
        {{CLOSE HEADER ANN BOB "\"Cat", CHUNKS}, 2, "", ALL},
    };
    expect_proved(files, COUNT_OF(files));
}

/* A proxy passes the length of a file of which it has received a part, and sends that part whole. */
#define BOTH_HEADERS "HTTP/1.1 200 OK\r\nContent-Length: 47\r\nTransfer-Encoding: chunked\r\n\r\n"

/* Its first 27 bytes, "Ann". */
#define FIRST HEADER "Ann"

static void a_file_that_breaks_off_is_downloaded_again(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{"HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n" FIRST, LENGTH}, 2, "", ALL},
        {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\n" FIRST "\r\n", CHUNKS}, 2, "", ALL},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n" FIRST, CLOSE WHOLE}, 3, NO_LENGTH, ALL},
        {{BOTH_HEADERS "1e\r\n" HEADER ANN "\r\n0\r\n\r\n", BOTH_HEADERS "2f\r\n" WHOLE "\r\n0\r\n\r\n"},
         2,
         "",
         ALL},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n" HEADER
              ANN,
          LENGTH},
         3,
         LENGTH_CHANGED,
         ALL},
    };
    expect_proved(files, COUNT_OF(files));
}

#define PAGE(length, text) "HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n" text

/* A page of a host or proxy under maintenance, with the status 200. */
static void what_is_no_file_is_downloaded_again_once(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{PAGE("20", "<html>busy</html>\r\n\n"), LENGTH}, 2, "", ALL},
        {{PAGE("12", "{\"a\":\"b\"} \r\n"), LENGTH}, 2, "", ALL},
        {{PAGE("11", "Maintenance"), LENGTH}, 2, "", ALL},
        {{PAGE("22", "userName,\"tokens\"x,1\n\n"), CHUNKS}, 2, "", ALL},
        {{PAGE("12", "\x1f\x8b\x08 no gzip "), LENGTH}, 2, "", ALL},
    };
    expect_proved(files, COUNT_OF(files));
    static const char *const pages[MAX_ANSWERS] = {PAGE("11", "Maintenance")};
    SCOPED(reading) struct reading refused;
    reading_begin(&refused, pages);
    assert_false(read_rows(&refused));
    expect_failure(&refused.way, ERR_DATA, "there is no header");
    assert_int_equal(answered, 2);
}

/* Not even one that says that it is all of the file. */
static void a_part_that_was_not_asked_for_is_not_read(void **state)
{
    (void)state;
    static const struct proved files[] = {
        {{"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-46/47\r\nContent-Length: 47\r\n\r\n" WHOLE,
          LENGTH},
         2,
         "",
         ALL},
        {{"HTTP/1.1 416 Range\r\nContent-Range: bytes */47\r\nContent-Length: 0\r\n\r\n", LENGTH},
         2,
         "",
         ALL},
    };
    expect_proved(files, COUNT_OF(files));
}

static void a_file_that_shrinks_is_not_proved_by_its_length(void **state)
{
    (void)state;
    static const char *const shrunk = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n" HEADER ANN;
    static const char *const chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n" HEADER ANN "\r\n0\r\n\r\n";
    static const char *const broken = "HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n" FIRST;
    const struct proved files[] = {
        {{broken, shrunk}, 3, LENGTH_CHANGED, "Ann 1;"}, {{broken, chunked}, 3, LENGTH_CHANGED, "Ann 1;"},
        {{broken, shrunk, LENGTH}, 3, "", ALL},          {{CLOSE WHOLE, shrunk}, 3, LENGTH_CHANGED, "Ann 1;"},
        {{CLOSE WHOLE, shrunk, LENGTH}, 3, "", ALL},
    };
    expect_proved(files, COUNT_OF(files));
}

static void a_file_that_is_another_each_time_is_refused(void **state)
{
    (void)state;
    static const struct refused files[] = {
        {{CLOSE HEADER, CLOSE HEADER ANN, CLOSE HEADER ANN BOB, CLOSE WHOLE},
         4,
         "is different in each download"},
        {{CLOSE WHOLE, CLOSE HEADER ANN BOB, CLOSE HEADER ANN, CLOSE HEADER},
         4,
         "24 bytes, 0 rows, before that 30 bytes, 1 rows; its host does not state its length"},
        {{CLOSE WHOLE, CLOSE HEADER ANN, CLOSE WHOLE, CLOSE HEADER ANN}, 4, "is different in each download"},
    };
    expect_refused(files, COUNT_OF(files));
}

static void a_file_that_shows_the_same_cut_twice_is_refused(void **state)
{
    (void)state;
    static const struct refused files[] = {
        {{CLOSE}, 2, "ends after 0 bytes, twice, but seems cut there"},
        {{CLOSE "userName,tok"}, 2, "ends after 12 bytes, twice, but seems cut there"},
        {{CLOSE HEADER ANN "Bo"}, 2, "seems cut there: the last line has no line end"},
        {{CLOSE HEADER ANN BOB "\"Cat \n"}, 2, "seems cut there: a quote is left open"},
    };
    expect_refused(files, COUNT_OF(files));
}

static void without_retries_a_file_is_compared_all_the_same(void **state)
{
    (void)state;
    static const char *const equal[MAX_ANSWERS] = {CLOSE WHOLE};
    static const char *const unequal[MAX_ANSWERS] = {CLOSE WHOLE, CLOSE HEADER ANN};
    SCOPED(reading) struct reading proved;
    reading_begin(&proved, equal);
    proved.way.settings.api.retries = 0;
    must(read_rows(&proved), &proved.way.err);
    assert_string_equal(buf_text(&proved.text), ALL);
    SCOPED(reading) struct reading refused;
    reading_begin(&refused, unequal);
    refused.way.settings.api.retries = 0;
    assert_false(read_rows(&refused));
    expect_failure(&refused.way, ERR_UNAVAILABLE, "is different in each download");
    assert_int_equal(answered, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_without_a_length_is_downloaded_twice),
        cmocka_unit_test(a_file_that_was_cut_is_downloaded_until_two_in_a_row_agree),
        cmocka_unit_test(a_cut_that_the_content_shows_is_no_copy_to_agree_with),
        cmocka_unit_test(the_same_length_is_not_the_same_file),
        cmocka_unit_test(a_transfer_that_proves_itself_needs_no_other),
        cmocka_unit_test(a_file_that_breaks_off_is_downloaded_again),
        cmocka_unit_test(what_is_no_file_is_downloaded_again_once),
        cmocka_unit_test(a_part_that_was_not_asked_for_is_not_read),
        cmocka_unit_test(a_file_that_shrinks_is_not_proved_by_its_length),
        cmocka_unit_test(a_file_that_is_another_each_time_is_refused),
        cmocka_unit_test(a_file_that_shows_the_same_cut_twice_is_refused),
        cmocka_unit_test(without_retries_a_file_is_compared_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
