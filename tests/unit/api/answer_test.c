#include "unit/api/answer_reading.h"

/* The sample of the service's documentation, with the comma that it has behind `limit`. */
static const char walkthrough[] =
    "{\n"
    "    \"status\": \"DONE\",\n"
    "    \"id\": \"query:dd8a8fa0\",\n"
    "    \"result\": {\n"
    "        \"columns\": [\"usageDate\", \"productName\", \"tokensConsumed\"],\n"
    "        \"rows\": [\n"
    "            [\"2018-03-01\", \"AutoCAD\", 60.0],\n"
    "            [\"2018-03-02\", null, 12]\n"
    "        ],\n"
    "        \"total\": 250,\n"
    "        \"offset\": 0,\n"
    "        \"limit\": 100,\n"
    "    }\n"
    "}\n";

static void the_documented_answer_is_read(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_accepted(walkthrough);
    const struct answer *answer = &reading.answer;
    assert_int_equal(answer->status, QUERY_DONE);
    assert_string_equal(answer->id, "query:dd8a8fa0");
    assert_null(answer->detail_uri);
    assert_null(answer->message);
    assert_true(answer->has_result);
    assert_int_equal(answer->columns.count, 3);
    assert_string_equal(answer->columns.items[0], "usageDate");
    assert_string_equal(answer->columns.items[1], "productName");
    assert_string_equal(answer->columns.items[2], "tokensConsumed");
    assert_int_equal(answer->total, 250);
    assert_int_equal(answer->offset, 0);
    assert_int_equal(answer->limit, 100);
    assert_int_equal(answer->row_count, 2);
}

static void the_documented_rows_are_read(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_accepted(walkthrough);
    SCOPED(buf) struct buf text = buf_make(1000);
    rows_as_text(&reading, 3, &text);
    assert_string_equal(buf_text(&text), "\"2018-03-01\",\"AutoCAD\",60.0;\"2018-03-02\",null,12;");
}

static void a_queued_query_has_a_place_and_no_result(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = reading_accepted(
        "{\"status\":\"QUEUED\",\"id\":\"dd886b5f\",\"detail_uri\":\"/v1/usage/1/query/dd886b5f\"}");
    assert_int_equal(reading.answer.status, QUERY_QUEUED);
    assert_string_equal(reading.answer.id, "dd886b5f");
    assert_string_equal(reading.answer.detail_uri, "/v1/usage/1/query/dd886b5f");
    assert_false(reading.answer.has_result);
}

static void every_status_of_the_service_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum query_status status;
        const char *name;
    } cases[] = {
        {"{\"status\":\"QUEUED\"}", QUERY_QUEUED, "QUEUED"},
        {"{\"status\":\"PROCESSING\"}", QUERY_PROCESSING, "PROCESSING"},
        {"{\"status\":\"DONE\"}", QUERY_DONE, "DONE"},
        {"{\"status\":\"FAILED\"}", QUERY_FAILED, "FAILED"},
        {"{\"status\":\"TIMEOUT\"}", QUERY_TIMEOUT, "TIMEOUT"},
        {"{\"status\":\"EXPIRED\"}", QUERY_EXPIRED, "EXPIRED"},
        {"{\"status\":\"Done\"}", QUERY_DONE, "DONE"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(reading) struct reading reading = reading_accepted(cases[i].body);
        assert_int_equal(reading.answer.status, cases[i].status);
        assert_string_equal(query_status_name(reading.answer.status), cases[i].name);
    }
}

static void an_unknown_status_is_refused_by_name(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"PONDERING\",\"id\":\"x\"}", ERR_DATA, "`PONDERING`");
    expect_refused("{\"status\":\"\"}", ERR_DATA, "status");
    expect_refused("{\"status\":null}", ERR_DATA, "status");
    expect_refused("{\"status\":7}", ERR_DATA, "status");
}

#define DONE(members) "{\"status\":\"DONE\",\"id\":\"x\",\"result\":{" members "}}"

/* JSON does not say which of the two counts. */
static void a_member_of_the_result_that_comes_twice_is_refused(void **state)
{
    (void)state;
    expect_refused(DONE("\"columns\":[\"a\"],\"rows\":[[1]],\"total\":1,\"total\":2"), ERR_DATA,
                   "`total` twice");
    expect_refused(DONE("\"total\":1,\"columns\":[\"a\"],\"columns\":[\"b\"],\"rows\":[[1]]"), ERR_DATA,
                   "`columns` twice");
    expect_refused(DONE("\"rows\":[],\"total\":1,\"columns\":[\"a\"],\"rows\":[[1]]"), ERR_DATA,
                   "`rows` twice");
    expect_refused(DONE("\"offset\":0,\"offset\":20,\"total\":1"), ERR_DATA, "`offset` twice");
    expect_refused(DONE("\"limit\":1,\"limit\":1,\"total\":1"), ERR_DATA, "`limit` twice");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[],\"rows\":[],\"total\":0},\"result\":{}}",
                   ERR_DATA, "`result` twice");
}

static void a_member_of_the_answer_that_comes_twice_is_refused(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"FAILED\",\"result\":null,\"status\":\"DONE\"}", ERR_DATA, "`status` twice");
    expect_refused("{\"status\":\"QUEUED\",\"id\":\"one\",\"id\":\"two\"}", ERR_DATA, "`id` twice");
    expect_refused("{\"status\":\"QUEUED\",\"detail_uri\":\"/a\",\"detail_\\u0075ri\":\"/b\"}", ERR_DATA,
                   "`detail_uri` twice");
    expect_refused("{\"status\":\"QUEUED\",\"result\":null,\"result\":null}", ERR_DATA, "`result` twice");
}

/* A list of so many items, between two texts. */
static void put_items(struct buf *text, const char *before, const char *item, size_t count, const char *after)
{
    assert_true(buf_append_text(text, before));
    for (size_t i = 0; i < count; i++)
        assert_true((i == 0 || buf_append_text(text, ",")) && buf_append_text(text, item));
    assert_true(buf_append_text(text, after));
}

static void what_an_answer_takes_in_memory_has_ceilings(void **state)
{
    (void)state;
    SCOPED(buf) struct buf columns = buf_make((size_t)1 << 20);
    put_items(&columns, "{\"status\":\"DONE\",\"result\":{\"columns\":[", "\"a\"", 10001, "]}}");
    expect_refused(buf_text(&columns), ERR_DATA, "more than 10000 columns");
    SCOPED(buf) struct buf row = buf_make((size_t)1 << 20);
    SCOPED(buf) struct buf rows = buf_make((size_t)50 << 20);
    put_items(&row, "[", "0", 1000, "]");
    put_items(&rows, "{\"status\":\"DONE\",\"result\":{\"rows\":[", buf_text(&row), 17000, "]}}");
    expect_refused(buf_text(&rows), ERR_DATA, "more than 16777216 values");
}

static void an_answer_without_a_status_is_refused(void **state)
{
    (void)state;
    expect_refused("{\"id\":\"x\"}", ERR_DATA, "no status");
    expect_refused("{}", ERR_DATA, "no status");
}

static void members_may_come_in_any_order(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"result\":{\"limit\":5,\"rows\":[[1,\"x\"],[2,\"y\"],[3,\"z\"]],"
                         "\"total\":3,\"columns\":[\"a\",\"b\"],\"offset\":7},"
                         "\"id\":\"i\",\"status\":\"DONE\"}");
    SCOPED(buf) struct buf text = buf_make(1000);
    assert_int_equal(reading.answer.status, QUERY_DONE);
    assert_int_equal(reading.answer.total, 3);
    assert_int_equal(reading.answer.offset, 7);
    assert_int_equal(reading.answer.limit, 5);
    assert_int_equal(reading.answer.row_count, 3);
    rows_as_text(&reading, 2, &text);
    assert_string_equal(buf_text(&text), "1,\"x\";2,\"y\";3,\"z\";");
}

static void members_that_nobody_asked_for_are_passed_over(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = reading_accepted(
        "{\"version\":{\"status\":\"FAILED\",\"rows\":[[9]]},\"status\":\"DONE\",\"result\":{\"rows\":[[1]],"
        "\"types\":[{\"a\":[]}],\"columns\":[\"a\"],\"total\":1,\"next\":null},\"more\":[[],{}]}");
    assert_int_equal(reading.answer.status, QUERY_DONE);
    assert_int_equal(reading.answer.row_count, 1);
}

static void a_result_of_null_is_none(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"PROCESSING\",\"id\":null,\"detail_uri\":null,\"result\":null}");
    assert_false(reading.answer.has_result);
    assert_null(reading.answer.id);
    assert_null(reading.answer.detail_uri);
}

static void an_empty_result_is_a_result(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"rows\":[],\"total\":0}}");
    SCOPED(buf) struct buf text = buf_make(1000);
    assert_true(reading.answer.has_result);
    assert_int_equal(reading.answer.row_count, 0);
    assert_int_equal(reading.answer.total, 0);
    rows_as_text(&reading, 1, &text);
    assert_string_equal(buf_text(&text), "");
}

static void what_is_not_named_is_unnamed(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"rows\":[],\"total\":0}}");
    assert_true(reading.answer.offset == ANSWER_UNNAMED);
    assert_true(reading.answer.limit == ANSWER_UNNAMED);
}

static void a_result_that_lacks_a_member_is_refused(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"DONE\",\"result\":{\"rows\":[],\"total\":0}}", ERR_DATA, "lacks `columns`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[],\"total\":0}}", ERR_DATA, "lacks `rows`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[],\"rows\":[]}}", ERR_DATA,
                   "lacks `total`");
    expect_refused("{\"status\":\"DONE\",\"result\":{}}", ERR_DATA, "lacks `columns`");
    expect_refused("{\"result\":{},\"status\":\"DONE\"}", ERR_DATA, "lacks `columns`");
}

static void only_a_query_that_is_done_needs_a_result(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"status\":\"QUEUED\",\"result\":{}}",
        "{\"result\":{\"columns\":[]},\"status\":\"PROCESSING\"}",
        "{\"status\":\"TIMEOUT\",\"result\":{\"rows\":[]},\"Message\":{\"code\":1}}",
        "{\"status\":\"FAILED\",\"result\":{\"total\":0},\"message\":7}",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        SCOPED(reading) struct reading reading = reading_accepted(bodies[i]);
        assert_false(reading.answer.has_result);
        assert_null(reading.answer.message);
    }
}

static void a_member_of_a_wrong_kind_is_refused_by_name(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"DONE\",\"result\":[]}", ERR_DATA, "`result`");
    expect_refused("{\"status\":\"DONE\",\"id\":42}", ERR_DATA, "`id`");
    expect_refused("{\"status\":\"DONE\",\"detail_uri\":{}}", ERR_DATA, "`detail_uri`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":\"a\"}}", ERR_DATA, "`result.columns`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[1]}}", ERR_DATA, "`result.columns`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[[]]}}", ERR_DATA, "`result.columns`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"rows\":null}}", ERR_DATA, "`result.rows`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"rows\":{}}}", ERR_DATA, "`result.rows`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"rows\":[{\"a\":1}]}}", ERR_DATA, "`result.rows`");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"rows\":[1]}}", ERR_DATA, "`result.rows`");
}

static uint64_t total_of(const char *number)
{
    SCOPED(buf) struct buf body = buf_make(1000);
    buf_print(&body, "{\"status\":\"DONE\",\"result\":{\"columns\":[],\"rows\":[],\"total\":%s}}", number);
    SCOPED(reading) struct reading reading = reading_accepted(buf_text(&body));
    return reading.answer.total;
}

static void a_total_is_a_whole_number_however_it_is_written(void **state)
{
    (void)state;
    assert_int_equal(total_of("0"), 0);
    assert_int_equal(total_of("250"), 250);
    assert_int_equal(total_of("250.0"), 250);
    assert_int_equal(total_of("1.0E7"), 10000000);
    assert_int_equal(total_of("25e1"), 250);
    assert_int_equal(total_of("2500e-1"), 250);
    assert_int_equal(total_of("1000000000000"), INT64_C(1000000000000));
}

static void a_total_that_is_no_count_is_refused(void **state)
{
    (void)state;
    const char *const totals[] = {
        "-1",    "250.5", "\"250\"", "true", "[250]", "1000000000001", "123456789012345678901234567890",
        "1e999", "1e-1",
    };
    for (size_t i = 0; i < COUNT_OF(totals); i++) {
        SCOPED(buf) struct buf body = buf_make(1000);
        buf_print(&body, "{\"status\":\"DONE\",\"result\":{\"columns\":[],\"rows\":[],\"total\":%s}}",
                  totals[i]);
        expect_refused(buf_text(&body), ERR_DATA, "`result.total`");
    }
}

static void the_message_of_a_failure_is_told(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading small = reading_accepted("{\"status\":\"FAILED\",\"message\":\"out of \\\"memory\\\"\"}");
    SCOPED(reading)
    struct reading capital = reading_accepted("{\"status\":\"FAILED\",\"Message\":\"too big\"}");
    assert_string_equal(small.answer.message, "out of \"memory\"");
    assert_string_equal(capital.answer.message, "too big");
}

/* Many JSON writers escape each slash. */
static void escapes_in_id_and_detail_uri_are_resolved(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"QUEUED\",\"id\":\"query:dd8a\\u0038fa0\","
                         "\"detail_uri\":\"\\/v1\\/usage\\/11000000001\\/query\\/dd8a8fa0\"}");
    assert_string_equal(reading.answer.id, "query:dd8a8fa0");
    assert_string_equal(reading.answer.detail_uri, "/v1/usage/11000000001/query/dd8a8fa0");
}

static void escapes_in_column_names_are_resolved(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"DONE\",\"result\":{\"columns\":[\"usage\\u0044ate\","
                         "\"a\\/b\",\"\\u5730\\ud83d\\ude00\",\"\"],\"rows\":[],\"total\":0}}");
    assert_int_equal(reading.answer.columns.count, 4);
    assert_string_equal(reading.answer.columns.items[0], "usageDate");
    assert_string_equal(reading.answer.columns.items[1], "a/b");
    assert_string_equal(reading.answer.columns.items[2], "\xE5\x9C\xB0\xF0\x9F\x98\x80");
    assert_string_equal(reading.answer.columns.items[3], "");
}

static void escapes_in_a_status_are_resolved(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_accepted("{\"status\":\"D\\u004fNE\"}");
    assert_int_equal(reading.answer.status, QUERY_DONE);
}

static void escapes_in_rows_are_resolved(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        reading_accepted("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"total\":2,"
                         "\"rows\":[[\"\\u5730\\t\\\"x\\\"\"],[\"C:\\\\y\"]]}}");
    SCOPED(buf) struct buf text = buf_make(1000);
    rows_as_text(&reading, 1, &text);
    assert_string_equal(buf_text(&text), "\"\xE5\x9C\xB0\t\"x\"\";\"C:\\y\";");
}

static void a_row_wider_than_there_is_room_is_counted_in_full(void **state)
{
    (void)state;
    struct cell cells[2] = {0};
    size_t count;
    SCOPED(reading)
    struct reading reading = reading_accepted("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\",\"b\"],"
                                              "\"rows\":[[1,2,3,4],[],[5]],\"total\":3}}");
    struct answer_rows rows = answer_rows_begin(&reading.answer, &reading.body, cells, 2);
    assert_true(answer_next_row(&rows, &count));
    assert_int_equal(count, 4);
    assert_memory_equal(cells[1].bytes, "2", 1);
    assert_true(answer_next_row(&rows, &count));
    assert_int_equal(count, 0);
    assert_true(answer_next_row(&rows, &count));
    assert_int_equal(count, 1);
    assert_false(answer_next_row(&rows, &count));
}

static void rows_may_be_read_again(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_accepted(walkthrough);
    SCOPED(buf) struct buf first = buf_make(1000);
    SCOPED(buf) struct buf second = buf_make(1000);
    rows_as_text(&reading, 3, &first);
    rows_as_text(&reading, 3, &second);
    assert_string_equal(buf_text(&first), buf_text(&second));
}

/* Of 2,000 values in a row, 1,600 are kept; the row after it is read all the same. */
static void values_past_the_most_are_counted(void **state)
{
    (void)state;
    struct cell cells[2000];
    size_t count;
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    buf_put(&body, "{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"total\":2,\"rows\":[[");
    for (int i = 0; i < 2000; i++)
        buf_print(&body, "%s%d", i ? "," : "", i);
    buf_put(&body, "],[\"next\"]]}}");
    SCOPED(reading) struct reading reading = reading_accepted(buf_text(&body));
    struct answer_rows rows = answer_rows_begin(&reading.answer, &reading.body, cells, COUNT_OF(cells));
    assert_true(answer_next_row(&rows, &count));
    assert_int_equal(count, 2000);
    assert_memory_equal(cells[ANSWER_MAX_VALUES - 1].bytes, "1599,", 5);
    assert_true(answer_next_row(&rows, &count));
    assert_int_equal(count, 1);
    assert_memory_equal(cells[0].bytes, "next", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_answer_is_read),
        cmocka_unit_test(the_documented_rows_are_read),
        cmocka_unit_test(a_queued_query_has_a_place_and_no_result),
        cmocka_unit_test(every_status_of_the_service_is_known),
        cmocka_unit_test(an_unknown_status_is_refused_by_name),
        cmocka_unit_test(a_member_of_the_result_that_comes_twice_is_refused),
        cmocka_unit_test(a_member_of_the_answer_that_comes_twice_is_refused),
        cmocka_unit_test(what_an_answer_takes_in_memory_has_ceilings),
        cmocka_unit_test(an_answer_without_a_status_is_refused),
        cmocka_unit_test(members_may_come_in_any_order),
        cmocka_unit_test(members_that_nobody_asked_for_are_passed_over),
        cmocka_unit_test(a_result_of_null_is_none),
        cmocka_unit_test(an_empty_result_is_a_result),
        cmocka_unit_test(what_is_not_named_is_unnamed),
        cmocka_unit_test(a_result_that_lacks_a_member_is_refused),
        cmocka_unit_test(only_a_query_that_is_done_needs_a_result),
        cmocka_unit_test(a_member_of_a_wrong_kind_is_refused_by_name),
        cmocka_unit_test(a_total_is_a_whole_number_however_it_is_written),
        cmocka_unit_test(a_total_that_is_no_count_is_refused),
        cmocka_unit_test(the_message_of_a_failure_is_told),
        cmocka_unit_test(escapes_in_id_and_detail_uri_are_resolved),
        cmocka_unit_test(escapes_in_column_names_are_resolved),
        cmocka_unit_test(escapes_in_a_status_are_resolved),
        cmocka_unit_test(escapes_in_rows_are_resolved),
        cmocka_unit_test(a_row_wider_than_there_is_room_is_counted_in_full),
        cmocka_unit_test(rows_may_be_read_again),
        cmocka_unit_test(values_past_the_most_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
