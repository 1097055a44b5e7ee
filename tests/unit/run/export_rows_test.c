/* run/export_rows against the simulator, and against a server that sends any bytes. */
#include "base/buf.h"
#include "run/export_rows.h"
#include "unit/api/simulator.h"
#include "unit/wire/http/tiny_server.h"
#include "wire/csv/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BYTES ((size_t)16 << 20)

/* As BODY asks for them. */
static const char *asked[] = {"usageDate", "userName", "tokensConsumed"};
static const struct text_list names = {asked, COUNT_OF(asked)};

/* How a file was read. */
struct reading {
    struct way way;
    struct export export;
    struct buf text; /* the rows since the last start: `value|value|~`, and a line end of 0x1E */
    unsigned pauses; /* after which the file was read again from its start */
    uint64_t rows;   /* the last one's number */
    uint64_t line;   /* the last one's */
    bool proved;
};

static void reading_cleanup(struct reading *reading)
{
    buf_release(&reading->text);
    export_cleanup(&reading->export);
    way_cleanup(&reading->way);
}

static void put_cells(struct buf *text, const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool null = cells[i].kind == CELL_NULL;
        assert_true(null || cells[i].kind == CELL_TEXT || cells[i].kind == CELL_NUMBER);
        assert_true(i == 0 || buf_append_text(text, "|"));
        bool at_midnight = cells[i].length == 19 && memcmp(cells[i].bytes + 10, " 00:00:00", 9) == 0;
        size_t length = at_midnight ? 10 : cells[i].length; /* to a column of days it is the day */
        assert_true(null ? buf_append_text(text, "~") : buf_append(text, cells[i].bytes, length));
    }
    assert_true(buf_append_text(text, "\x1E"));
}

static bool read_on(struct export_rows *rows, struct reading *reading, struct err *err)
{
    enum export_rows_state state;
    struct export_row row;
    for (;;) {
        if (!export_rows_next(rows, &state, &row, err))
            return false;
        switch (state) {
        case EXPORT_ROWS_ROW:
            assert_int_equal(row.number, ++reading->rows);
            reading->line = row.line;
            put_cells(&reading->text, row.cells, row.count);
            break;
        case EXPORT_ROWS_PAUSE:
            reading->pauses++;
            if (!export_rows_restart(rows, err))
                return false;
            reading->rows = 0;
            buf_clear(&reading->text);
            break;
        case EXPORT_ROWS_END:
            reading->proved = export_rows_unproved_reason(rows) == NULL;
            return true;
        }
    }
}

static bool read_rows(struct reading *reading)
{
    struct err *err = &reading->way.err;
    SCOPED(export_rows) struct export_rows *rows = export_rows_open(&reading->export, &names, err);
    return rows && read_on(rows, reading, err);
}

/* From the simulator. */

/* Asks for an export under this configuration; what is said of the download goes by `download`. */
static void ask(struct reading *reading, const char *csv, const char *download)
{
    char config[1024];
    *reading = (struct reading){.text = buf_make(MAX_BYTES)};
    snprintf(config, sizeof config, "{\"export_polls\":0,\"csv\":{%s},\"download\":{%s}}", csv, download);
    simulator_control("config", config);
    way_begin(&reading->way);
    make(&reading->way, &reading->export);
    must(export_await(&reading->export, &reading->way.err), &reading->way.err);
}

/* The rows that the simulator says it has, read without a header to match or a transfer to fail. */
static void put_expected(struct reading *reading, struct buf *text)
{
    char url[128];
    struct err *err = &reading->way.err;
    struct csv_record record;
    enum csv_state state;
    SCOPED(http_response) struct http_response response;
    SCOPED(csv_reader) struct csv_reader *csv = csv_reader_make(CSV_MAX_RECORD_BYTES);
    snprintf(url, sizeof url, "%s/_sim/rows.csv?contract=" CONTRACT, reading->way.settings.api.base_url);
    struct http_request request = {.method = HTTP_POST, .url = url, .body = BODY, .max_bytes = MAX_BYTES};
    must(http_send(reading->way.api.http, &request, &response, err), err);
    assert_int_equal(response.status, 200);
    csv_feed(csv, response.body.bytes, response.body.length);
    while ((state = csv_next(csv, &record, err)) == CSV_RECORD)
        if (record.line > 1)
            put_cells(text, record.cells, record.count);
    assert_int_equal(state, CSV_MORE);
}

static void read_simulated(struct reading *reading, const char *csv, const char *download)
{
    SCOPED(buf) struct buf expected = buf_make(MAX_BYTES);
    ask(reading, csv, download);
    put_expected(reading, &expected);
    if (!read_rows(reading))
        fail_msg("%s %s: %s [%s]", csv, download, reading->way.err.text, reading->way.err.hint);
    assert_int_equal(reading->rows, 200);
    assert_string_equal(buf_text(&reading->text), buf_text(&expected));
}

static void every_shape_of_file_has_the_same_rows(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        const char *download;
        unsigned downloads_more; /* to compare with */
    } shapes[] = {
        {"", "", 0},
        {"\"header\":\"friendly\",\"columns\":\"reversed\",\"bom\":true,\"crlf\":true,\"gzip\":true", "", 0},
        {"\"header\":\"upper\",\"quote\":\"all\",\"final_newline\":false", "", 0},
        {"\"header\":\"snake\",\"columns\":\"extra\"", "\"transfer\":\"chunked\"", 0},
        {"\"final_newline\":false", "\"transfer\":\"chunked\"", 0},
        {"\"gzip\":true", "\"transfer\":\"close\"", 0},
        {"\"quote\":\"all\"", "\"transfer\":\"close\"", 1},
        {"\"crlf\":true", "\"transfer\":\"close\"", 1},
    };
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        SCOPED(reading) struct reading reading;
        simulator_reset(NULL);
        read_simulated(&reading, shapes[i].csv, shapes[i].download);
        assert_int_equal(reading.pauses, shapes[i].downloads_more);
        assert_int_equal(reading.proved, shapes[i].downloads_more == 0);
    }
}

static void a_cut_file_is_read_again_from_its_start(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        const char *download;
        unsigned starts;
    } cuts[] = {
        {"", "\"cut_at\":1000,\"cut_times\":1", 1},
        {"", "\"cut_at\":5,\"cut_times\":1", 1},
        {"\"bom\":true", "\"cut_at\":2,\"cut_times\":1", 1},
        {"\"bom\":true", "\"cut_at\":7,\"cut_times\":1", 1},
        {"\"quote\":\"all\"", "\"transfer\":\"chunked\",\"cut_at\":1000,\"cut_times\":1", 1},
        {"\"gzip\":true", "\"cut_at\":500,\"cut_times\":1", 1},
        {"\"gzip\":true,\"columns\":\"reversed\"", "\"transfer\":\"chunked\",\"cut_at\":1,\"cut_times\":1",
         1},
        /* The connection's end, too early, looks like the file's. */
        {"\"gzip\":true", "\"transfer\":\"close\",\"cut_at\":500,\"cut_times\":1", 1},
        /* Without a length the whole file is compared with another time. */
        {"\"quote\":\"all\"", "\"transfer\":\"close\",\"cut_at\":1001,\"cut_times\":1", 2},
    };
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        SCOPED(reading) struct reading reading;
        simulator_reset(NULL);
        read_simulated(&reading, cuts[i].csv, cuts[i].download);
        assert_int_equal(reading.pauses, cuts[i].starts);
        assert_int_equal(reading.proved, cuts[i].starts == 1);
    }
}

static void a_last_line_without_line_end_is_refused_where_nothing_proves_it(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading;
    ask(&reading, "\"final_newline\":false", "\"transfer\":\"close\"");
    assert_false(read_rows(&reading));
    expect_failure(&reading.way, ERR_UNAVAILABLE,
                   "twice, but seems cut there: the last line has no line end");
    assert_int_equal(reading.pauses, 1);
    assert_int_equal(simulator_requests("download"), 2);
}

static void a_missing_column_is_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading;
    ask(&reading, "\"columns\":\"missing\"", "");
    assert_false(read_rows(&reading));
    expect_failure(&reading.way, ERR_DATA,
                   "the export's file: the header lacks `tokensConsumed`; it has `usageDate`, `userName`");
    assert_int_equal(reading.rows, 0);
}

static void a_pause_has_to_be_answered(void **state)
{
    (void)state;
    enum export_rows_state last;
    struct export_row row;
    SCOPED(reading) struct reading reading;
    ask(&reading, "", "\"cut_at\":5,\"cut_times\":1");
    struct err *err = &reading.way.err;
    SCOPED(export_rows) struct export_rows *rows = export_rows_open(&reading.export, &names, err);
    assert_non_null(rows);
    assert_false(export_rows_restart(rows, err));
    expect_failure(&reading.way, ERR_BUG, "without a pause");
    must(export_rows_next(rows, &last, &row, err), err);
    assert_int_equal(last, EXPORT_ROWS_PAUSE);
    assert_false(export_rows_next(rows, &last, &row, err));
    expect_failure(&reading.way, ERR_BUG, "during its pause");
    must(export_rows_restart(rows, err), err);
    must(export_rows_next(rows, &last, &row, err), err);
    assert_int_equal(last, EXPORT_ROWS_ROW);
}

/* From a server of any bytes. */

/* By gzip(1): `usageDate,userName,tokensConsumed\n2026-01-01,Ann,1\n`. */
static const char zipped[] =
    "\037\213\010\000\000\000\000\000\002\003\053\055\116\114\117\165\111\054\111\325"
    "\051\055\116\055\362\113\314\115\325\051\311\317\116\315\053\166\316\317\053\056"
    "\315\115\115\341\062\062\060\062\323\065\060\004\042\035\307\274\074\035\103\056"
    "\000\215\263\130\313\063\000\000\000";

/* The file, and whether its length is told; else its end is the connection's. */
struct served {
    const char *bytes;
    size_t length;
    bool sized;
};
static struct served served;

static bool serve(const struct tiny_request *request)
{
    char head[128];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", served.length);
    tiny_send(request, served.sized ? head : "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    tiny_send_bytes(request, served.bytes, served.length);
    return false;
}

static bool read_served(struct reading *reading, struct served file)
{
    char url[64];
    *reading = (struct reading){.text = buf_make(MAX_BYTES)};
    way_begin(&reading->way);
    reading->export = export_make(&reading->way.api, CONTRACT);
    reading->export.status = EXPORT_DOWNLOAD;
    served = file;
    struct tiny_server *server = tiny_server_start(serve);
    assert_true(buf_append_text(&reading->export.url, tiny_server_url(server, "/file", url, sizeof url)));
    bool read = read_rows(reading);
    tiny_server_stop(server);
    return read;
}

static bool read_text(struct reading *reading, const char *text, bool sized)
{
    return read_served(reading, (struct served){text, strlen(text), sized});
}

static void expect_text(const char *text, bool sized, const char *expected)
{
    SCOPED(reading) struct reading reading;
    must(read_text(&reading, text, sized), &reading.way.err);
    assert_string_equal(buf_text(&reading.text), expected);
    assert_int_equal(reading.proved, sized);
    assert_int_equal(reading.pauses, sized ? 0 : 1);
}

static void values_come_in_the_order_asked_for(void **state)
{
    (void)state;
    expect_text("Tokens Consumed,Tenant,User Name,Usage Date\r\n12.5,t,\"A \"\"B\"\"\r\n, C\",2026-01-01\r\n"
                ",,,2026-01-02\r\n\"\",x, NULL ,2026-01-03",
                true,
                "2026-01-01|A \"B\"\r\n, C|12.5\x1E"
                "2026-01-02|~|~\x1E"
                "2026-01-03| NULL |~\x1E");
}

static void a_header_alone_is_a_result_of_no_rows(void **state)
{
    (void)state;
    expect_text("usageDate,userName,tokensConsumed", true, "");
    expect_text("usageDate,userName,tokensConsumed\n", false, "");
}

static void the_end_stays_the_end(void **state)
{
    (void)state;
    enum export_rows_state last;
    struct export_row row;
    SCOPED(reading) struct reading reading;
    ask(&reading, "", "");
    struct err *err = &reading.way.err;
    SCOPED(export_rows) struct export_rows *rows = export_rows_open(&reading.export, &names, err);
    assert_non_null(rows);
    must(read_on(rows, &reading, err), err);
    must(export_rows_next(rows, &last, &row, err), err);
    assert_int_equal(last, EXPORT_ROWS_END);
}

/* A file that is refused, with this error, after so many rows. */
struct refusal {
    const char *text;
    bool sized;
    enum err_kind kind;
    const char *words;
    uint64_t rows;
};

#define HEAD "usageDate,userName,tokensConsumed\n"
#define ROW "2026-01-01,Ann,1\n"

static void expect_refusals(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SCOPED(reading) struct reading reading;
        if (read_text(&reading, refusals[i].text, refusals[i].sized))
            fail_msg("not refused: %s", refusals[i].text);
        expect_failure(&reading.way, refusals[i].kind, refusals[i].words);
        assert_int_equal(reading.rows, refusals[i].rows);
    }
}

static void a_record_of_another_width_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {HEAD ROW "2026-01-02,Bob\n" ROW, true, ERR_DATA, "line 3: 2 values, the header has 3", 1},
        {HEAD "2026-01-02,Bob,1,2\n", true, ERR_DATA, "line 2: 4 values, the header has 3", 0},
        {HEAD ROW "2026-01-02,Bob,1,\n", true, ERR_DATA, "line 3: 4 values, the header has 3", 1},
        {HEAD ROW "2026", true, ERR_DATA, "line 3: 1 value, the header has 3", 1},
        {HEAD ROW "\"\"", true, ERR_DATA, "line 3: 1 value, the header has 3", 1},
        {HEAD ROW "\"\"\n", true, ERR_DATA, "line 3: 1 value, the header has 3", 1},
        {HEAD ROW " \n", true, ERR_DATA, "line 3: 1 value, the header has 3", 1},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
}

static void empty_lines_are_ignored_at_the_end_only(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {HEAD "2026-01-01,\"a\nb\",1\n\n" ROW, true, ERR_DATA, "line 4 is empty, but line 5 is not", 1},
        {HEAD "\n" ROW, true, ERR_DATA, "line 2 is empty, but line 3 is not", 0},
        {HEAD ROW "\n\r\n\n" ROW "\n", true, ERR_DATA, "line 3 is empty, but line 6 is not", 1},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
    static const char *const files[] = {
        HEAD ROW,
        HEAD ROW "\n\n",
        HEAD ROW "\r\n\r\n",
        HEAD ROW "\n\n\n\r\n",
        HEAD "2026-01-01,\"A\"n\",1\n\n\n",
    };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        expect_text(files[i], true, strchr(files[i], '"') ? "2026-01-01|A\"n|1\x1E" : "2026-01-01|Ann|1\x1E");
    expect_text(HEAD "\n\n", true, "");
}

/* A value at the end may have lost digits. */
#define HEAD_COMMA "usageDate,userName,tokensConsumed,\n"
#define ROW_COMMA "2026-01-01,Ann,1,\n"
#define BOTH_ROWS                                                                                            \
    "2026-01-01|Ann|1\x1E"                                                                                   \
    "2026-01-02|Ann|17.5\x1E"

static void a_last_line_without_comma_and_line_end_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {HEAD_COMMA ROW_COMMA "2026-01-02,Ann,17.5", true, ERR_DATA, "line 3, the last, seems cut", 1},
        {HEAD ROW_COMMA "2026-01-02,Ann,1", true, ERR_DATA, "line 3, the last, seems cut", 1},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
    expect_text(HEAD_COMMA ROW_COMMA "2026-01-02,Ann,17.5,", true, BOTH_ROWS);
    expect_text(HEAD_COMMA ROW_COMMA "2026-01-02,Ann,17.5\n", true, BOTH_ROWS);
}

static void a_file_without_a_header_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"", true, ERR_DATA, "the export's file is empty", 0},
        {"\xEF\xBB\xBF", true, ERR_DATA, "the export's file is empty", 0},
        {"\n", false, ERR_DATA, "the export's file is empty", 0},
        {"", false, ERR_UNAVAILABLE, "ends after 0 bytes, twice", 0},
        {ROW ROW, true, ERR_DATA, "the export's file: there is no header", 0},
        {"usageDate,userName,user_name,tokensConsumed\n", true, ERR_DATA, "two columns that may be", 0},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
}

/* The file's own fault where all of it came; else it may be a cut, which comes again. */
static void a_quote_that_is_left_open_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {HEAD ROW "2026-01-01,\"An\n", true, ERR_DATA, "inside a quoted value that began in line 3", 1},
        {HEAD ROW "2026-01-01,\"An\n", false, ERR_UNAVAILABLE, "seems cut there: a quote is left open", 1},
        {HEAD ROW "2026-01-01,\"A\"\"n\n", false, ERR_UNAVAILABLE, "a quote is left open", 1},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
}

static void what_is_no_csv_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {HEAD ROW "2026-01-01,A\"n,1\n", true, ERR_DATA,
         "the export's file: record 3: line 3, byte 13: a quote", 1},
        {HEAD ROW "2026-01-01,A\"n,1\n", false, ERR_DATA,
         "the export's file: record 3: line 3, byte 13: a quote", 1},
    };
    expect_refusals(refusals, COUNT_OF(refusals));
}

static void a_gzip_stream_without_its_end_is_refused(void **state)
{
    (void)state;
    static const size_t cuts[] = {1, 40, sizeof zipped - 2};
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        SCOPED(reading) struct reading sized;
        SCOPED(reading) struct reading closed;
        assert_false(read_served(&sized, (struct served){zipped, cuts[i], true}));
        expect_failure(&sized.way, ERR_DATA,
                       "was downloaded completely, but the gzip data is cut short after");
        assert_false(read_served(&closed, (struct served){zipped, cuts[i], false}));
        expect_failure(&closed.way, ERR_UNAVAILABLE, "seems cut there: the gzip data is cut short after");
    }
}

static void a_gzip_stream_is_read(void **state)
{
    (void)state;
    for (unsigned sized = 0; sized <= 1; sized++) {
        SCOPED(reading) struct reading reading;
        must(read_served(&reading, (struct served){zipped, sizeof zipped - 1, sized}), &reading.way.err);
        assert_string_equal(buf_text(&reading.text), "2026-01-01|Ann|1\x1E");
        assert_int_equal(reading.line, 2);
    }
}

static void a_corrupt_gzip_stream_is_refused(void **state)
{
    (void)state;
    char bytes[sizeof zipped];
    SCOPED(reading) struct reading reading;
    memcpy(bytes, zipped, sizeof bytes);
    bytes[sizeof bytes - 6] ^= 1; /* in the length, behind the checksum */
    bytes[sizeof bytes - 8] ^= 1;
    assert_false(read_served(&reading, (struct served){bytes, sizeof bytes - 1, true}));
    expect_failure(&reading.way, ERR_DATA, "the export's file: corrupt gzip data");
}

#define WITH_RESET(test) cmocka_unit_test_setup(test, simulator_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RESET(every_shape_of_file_has_the_same_rows),
        WITH_RESET(a_cut_file_is_read_again_from_its_start),
        WITH_RESET(a_last_line_without_line_end_is_refused_where_nothing_proves_it),
        WITH_RESET(a_missing_column_is_refused),
        WITH_RESET(a_pause_has_to_be_answered),
        WITH_RESET(the_end_stays_the_end),
        cmocka_unit_test(values_come_in_the_order_asked_for),
        cmocka_unit_test(a_header_alone_is_a_result_of_no_rows),
        cmocka_unit_test(a_record_of_another_width_is_refused),
        cmocka_unit_test(empty_lines_are_ignored_at_the_end_only),
        cmocka_unit_test(a_last_line_without_comma_and_line_end_is_refused),
        cmocka_unit_test(a_file_without_a_header_is_refused),
        cmocka_unit_test(a_quote_that_is_left_open_is_refused),
        cmocka_unit_test(what_is_no_csv_is_refused),
        cmocka_unit_test(a_gzip_stream_without_its_end_is_refused),
        cmocka_unit_test(a_gzip_stream_is_read),
        cmocka_unit_test(a_corrupt_gzip_stream_is_refused),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
