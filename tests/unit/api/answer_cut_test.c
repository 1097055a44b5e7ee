/* api/answer: bodies that are not whole, or no JSON. What asking again may mend is ERR_UNAVAILABLE. */
#include "unit/api/answer_reading.h"

/* Each beginning of a good body, from nothing to all but the last byte, is no answer yet. */
static void expect_each_beginning_refused(const char *body)
{
    struct reading whole = reading_accepted(body);
    reading_cleanup(&whole);
    for (size_t length = 0; length < strlen(body); length++) {
        SCOPED(reading) struct reading cut = reading_of(body, length);
        if (cut.accepted)
            fail_msg("accepted: %.*s", (int)length, body);
        if (cut.err.kind != ERR_UNAVAILABLE)
            fail_msg("%s: %s, of %.*s", err_kind_info(cut.err.kind)->name, cut.err.text, (int)length, body);
    }
}

static void a_queued_answer_cut_anywhere_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused("{\"status\": \"QUEUED\", \"id\": \"query:\\u0064d8a\", \"detail_uri\": "
                                  "\"\\/v1\\/usage\\/1\\/query\\/2\", \"more\": [null, {\"a\": -1.5e-3}] }");
}

static void a_page_cut_anywhere_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused(
        "{\"status\":\"DONE\",\"id\":\"x\",\"result\":{\"columns\":[\"usageDate\",\"tokensConsumed\"],"
        "\"rows\":[[\"2018-03-01\",60.0],[null,true],[false,-12]],\"total\":250.0,\"offset\":0,\"limit\":100,"
        "}}");
}

static void a_page_cut_inside_a_long_number_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused(
        "{\"result\":{\"columns\":[\"a\"],\"total\":3,\"rows\":[[123456789012345678.25],"
        "[2.220446049250313080847E-16],[-98765432109876543210]]},\"status\":\"DONE\"}");
}

static void a_page_cut_inside_a_name_of_another_script_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused(
        "{\"result\":{\"columns\":[\"\xE5\x9C\xB0\xE7\x90\x86\"],\"total\":1,"
        "\"rows\":[["
        "\"\xE5\x9C\xB0\xE7\x90\x86\xE5\x9C\xB0\xE7\x90\x86\xE5\x9C\xB0\xE7\x90\x86\xF0\x9F\x98\x80\"]]},"
        "\"status\":\"DONE\"}");
}

static void a_page_cut_inside_an_escape_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused(
        "{\"result\":{\"columns\":[\"a\"],\"total\":1,"
        "\"rows\":[[\"\\ud83d\\ude00 \\\"x\\\" \\\\ \\u5730\\n\"]]},\"status\":\"DONE\"}");
}

static void a_page_with_its_rows_at_the_end_cut_anywhere_is_asked_for_again(void **state)
{
    (void)state;
    expect_each_beginning_refused("{\"status\":\"DONE\",\"result\":{\"total\":2,\"columns\":[\"a\",\"b\"],"
                                  "\"rows\":[[\"2018-03-01T00:00:00\",null],[\"\",0]]}}");
}

static void a_body_that_is_no_json_is_asked_for_again(void **state)
{
    (void)state;
    expect_refused("", ERR_UNAVAILABLE, "not JSON");
    expect_refused(" \r\n", ERR_UNAVAILABLE, "not JSON");
    expect_refused("<html><body>502 Bad Gateway</body></html>", ERR_UNAVAILABLE, "not JSON");
    expect_refused("{status: \"DONE\"}", ERR_UNAVAILABLE, "not JSON");
    expect_refused("{\"status\":\"DONE\"} trailing", ERR_UNAVAILABLE, "not JSON");
    expect_refused("{\"status\":\"DONE\"}{\"status\":\"DONE\"}", ERR_UNAVAILABLE, "not JSON");
}

static void a_body_that_is_no_object_is_asked_for_again(void **state)
{
    (void)state;
    expect_refused("[]", ERR_UNAVAILABLE, "not an object");
    expect_refused("null", ERR_UNAVAILABLE, "not an object");
    expect_refused("\"DONE\"", ERR_UNAVAILABLE, "not an object");
}

static void what_is_no_json_inside_a_row_names_row_and_column(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\",\"b\"],"
                   "\"rows\":[[\"x\",1],[\"y\",nope]],\"total\":2,\"offset\":0,\"limit\":100}}",
                   ERR_DATA, "row 2, column b");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\",\"b\"],"
                   "\"rows\":[[NaN,1]],\"total\":2,\"offset\":0,\"limit\":100}}",
                   ERR_DATA, "row 1, column a");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\",\"b\"],"
                   "\"rows\":[[1,[2]]],\"total\":2,\"offset\":0,\"limit\":100}}",
                   ERR_DATA, "row 1, column b");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\",\"b\"],"
                   "\"rows\":[[1,\"\\u0000\"]],\"total\":2,\"offset\":0,\"limit\":100}}",
                   ERR_DATA, "row 1, column b");
}

/* Near the end of the body, too, where it could be mistaken for a cut. */
static void what_is_no_json_inside_the_last_row_names_row_and_column(void **state)
{
    (void)state;
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"total\":1,\"rows\":[[nope]]}}",
                   ERR_DATA, "row 1, column a");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"total\":1,\"rows\":[[1,01]]}}",
                   ERR_DATA, "row 1, column 2");
    expect_refused("{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"total\":1,\"rows\":[[\"\xff\"]]}}",
                   ERR_DATA, "row 1, column a");
}

/* Rows may come before the columns: then the columns have no names yet. */
static void a_row_before_the_columns_names_the_column_by_its_place(void **state)
{
    (void)state;
    expect_refused(
        "{\"status\":\"DONE\",\"result\":{\"rows\":[[1,nope]],\"total\":1,\"columns\":[\"a\",\"b\"]}}",
        ERR_DATA, "row 1, column 2");
}

static void a_row_is_counted_from_where_the_page_begins(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    struct answer answer;
    struct err err = {0};
    buf_put(&body,
            "{\"status\":\"DONE\",\"result\":{\"columns\":[\"a\"],\"rows\":[[1],[nope]],\"total\":9000}}");
    struct answer_source source = {.body = &body, .offset = 5000, .arena = arena};
    assert_false(answer_read(&source, &answer, &err));
    assert_non_null(strstr(err.text, "row 5002, column a"));
    answer_release(&answer);
}

static void an_odd_column_name_stays_in_one_line(void **state)
{
    (void)state;
    expect_refused(
        "{\"status\":\"DONE\",\"result\":{\"columns\":[\"two\\nlines\"],\"rows\":[[nope]],\"total\":1}}",
        ERR_DATA, "row 1, column two?lines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queued_answer_cut_anywhere_is_asked_for_again),
        cmocka_unit_test(a_page_cut_anywhere_is_asked_for_again),
        cmocka_unit_test(a_page_cut_inside_a_long_number_is_asked_for_again),
        cmocka_unit_test(a_page_cut_inside_a_name_of_another_script_is_asked_for_again),
        cmocka_unit_test(a_page_cut_inside_an_escape_is_asked_for_again),
        cmocka_unit_test(a_page_with_its_rows_at_the_end_cut_anywhere_is_asked_for_again),
        cmocka_unit_test(a_body_that_is_no_json_is_asked_for_again),
        cmocka_unit_test(a_body_that_is_no_object_is_asked_for_again),
        cmocka_unit_test(what_is_no_json_inside_a_row_names_row_and_column),
        cmocka_unit_test(what_is_no_json_inside_the_last_row_names_row_and_column),
        cmocka_unit_test(a_row_before_the_columns_names_the_column_by_its_place),
        cmocka_unit_test(a_row_is_counted_from_where_the_page_begins),
        cmocka_unit_test(an_odd_column_name_stays_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
