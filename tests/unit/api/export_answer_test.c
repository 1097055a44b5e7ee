#include "api/export_answer_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void read_well(const char *text, struct arena *arena, struct export_answer *answer)
{
    struct err err = {0};
    if (!export_answer_read(text, strlen(text), arena, answer, &err))
        fail_msg("%s", err.text);
}

static void expect_refused(const char *text, enum err_kind kind, const char *words)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    struct err err = {0};
    assert_false(export_answer_read(text, strlen(text), arena, &answer, &err));
    assert_int_equal(err.kind, kind);
    if (!strstr(err.text, words))
        fail_msg("`%s` does not say `%s`", err.text, words);
}

static void the_documentations_answer_is_read(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    read_well("{\"requestKey\":\"2018-09-20T22:43:13#7be9\",\"requestStatus\":\"Requested\","
              "\"downloadFileName\":\"usage.csv\",\"exportRequestDate\":\"2018-09-20T22:43:13Z\"}",
              arena, &answer);
    assert_string_equal(answer.key, "2018-09-20T22:43:13#7be9");
    assert_int_equal(answer.status, EXPORT_REQUESTED);
    assert_string_equal(answer.file_name, "usage.csv");
    assert_null(answer.download_url);
    assert_true(answer.requested_at_ms == INT64_C(1537483393000));
    assert_int_equal(answer.url_ends_at_ms, 0);
}

static void a_finished_export_has_an_address(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    read_well("{\"requestKey\":\"k\",\"requestStatus\":\"Download\",\"downloadUrl\":\"https:\\/\\/h/f?s=1\","
              "\"downloadUrlExpireDate\":\"2018-09-20T22:53:13\",\"readFlag\":false}",
              arena, &answer);
    assert_int_equal(answer.status, EXPORT_DOWNLOAD);
    assert_string_equal(answer.download_url, "https://h/f?s=1");
    assert_true(answer.url_ends_at_ms == INT64_C(1537483993000));
}

static void the_case_of_a_status_does_not_matter(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    read_well("{\"requestKey\":\"k\",\"requestStatus\":\"REQUESTED\"}", arena, &answer);
    assert_int_equal(answer.status, EXPORT_REQUESTED);
    read_well("{\"requestKey\":\"k\",\"requestStatus\":\"download\"}", arena, &answer);
    assert_int_equal(answer.status, EXPORT_DOWNLOAD);
    read_well("{\"requestKey\":\"k\",\"requestStatus\":\"error\"}", arena, &answer);
    assert_int_equal(answer.status, EXPORT_ERROR);
}

static void unknown_members_and_nulls_are_passed_over(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    read_well("{\"size\":{\"bytes\":[1,2]},\"requestKey\":\"k\",\"requestStatus\":\"Requested\","
              "\"downloadUrl\":null,\"exportRequestDate\":12,\"downloadFileName\":null,}",
              arena, &answer);
    assert_string_equal(answer.key, "k");
    assert_null(answer.download_url);
    assert_null(answer.file_name);
    assert_int_equal(answer.requested_at_ms, 0);
}

static void what_an_answer_must_have_is_asked_for(void **state)
{
    (void)state;
    expect_refused("{\"requestStatus\":\"Requested\"}", ERR_DATA, "has no requestKey");
    expect_refused("{\"requestKey\":\"\",\"requestStatus\":\"Requested\"}", ERR_DATA, "has no requestKey");
    expect_refused("{\"requestKey\":7,\"requestStatus\":\"Requested\"}", ERR_DATA, "has no requestKey");
    expect_refused("{\"requestKey\":\"k\"}", ERR_DATA, "has no requestStatus");
    expect_refused("{\"requestKey\":\"k\",\"requestStatus\":\"Lost\"}", ERR_DATA,
                   "the requestStatus `Lost`, which the service does not document");
    expect_refused("{\"requestKey\":\"k\",\"requestStatus\":\"gone\"}", ERR_DATA, "`gone`");
}

static void a_body_that_is_no_json_may_pass(void **state)
{
    (void)state;
    expect_refused("<html>", ERR_UNAVAILABLE, "the answer is not JSON");
    expect_refused("{\"requestKey\":\"2018", ERR_UNAVAILABLE, "the answer is not JSON");
    expect_refused("", ERR_UNAVAILABLE, "the answer is not JSON");
    expect_refused("[]", ERR_UNAVAILABLE, "the answer is not an object");
    expect_refused("\"busy\"", ERR_UNAVAILABLE, "the answer is not an object");
    expect_refused("7", ERR_UNAVAILABLE, "the answer is not an object");
}

static void texts_without_measure_are_refused(void **state)
{
    (void)state;
    char text[40000];
    char filler[33000];
    memset(filler, 'x', sizeof filler);
    snprintf(text, sizeof text, "{\"requestKey\":\"%.1025s\",\"requestStatus\":\"Requested\"}", filler);
    expect_refused(text, ERR_DATA, "requestKey is longer than 1024 bytes");
    snprintf(text, sizeof text,
             "{\"requestKey\":\"k\",\"requestStatus\":\"Download\",\"downloadUrl\":\"%.32769s\"}", filler);
    expect_refused(text, ERR_DATA, "downloadUrl is longer than 32768 bytes");
}

static void a_new_address_needs_nothing_else(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    struct err err = {0};
    const char *whole = "{\"downloadUrl\":\"http://h/f?s=2\"}";
    const char *empty = "{\"requestKey\":\"k\",\"downloadUrl\":\"\"}";
    assert_true(export_answer_read_url(whole, strlen(whole), arena, &answer, &err));
    assert_string_equal(answer.download_url, "http://h/f?s=2");
    assert_false(export_answer_read_url(empty, strlen(empty), arena, &answer, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text, "the answer has no downloadUrl");
    assert_false(export_answer_read_url("{", 1, arena, &answer, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static const char list[] =
    "[{\"requestKey\":\"a\",\"requestStatus\":\"Download\",\"downloadFileName\":\"other.csv\"},"
    "{\"requestKey\":\"b\",\"requestStatus\":\"Error\",\"downloadFileName\":\"daily-7.csv\","
    "\"exportRequestDate\":\"2026-11-22T02:00:00Z\"},"
    "{\"requestKey\":\"c\",\"requestStatus\":\"Requested\",\"downloadFileName\":\"daily-7.csv\","
    "\"exportRequestDate\":\"2026-11-22T03:00:00Z\"},"
    "{\"requestKey\":\"d\",\"requestStatus\":\"Requested\",\"downloadFileName\":\"daily-7.csv\","
    "\"exportRequestDate\":\"2026-11-22T01:00:00Z\"},"
    "{\"nothing\":1},7]";

static bool find(const char *text, const char *file_name, struct arena *arena, struct export_answer *answer)
{
    struct err err = {0};
    bool found;
    if (!export_answer_find(text, strlen(text), file_name, arena, answer, &found, &err))
        fail_msg("%s", err.text);
    return found;
}

static void a_name_is_found_with_and_without_its_extension(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    assert_true(find(list, "other", arena, &answer));
    assert_string_equal(answer.key, "a");
    assert_true(find(list, "other.csv", arena, &answer));
    assert_string_equal(answer.key, "a");
    assert_true(find("[{\"requestKey\":\"e\",\"requestStatus\":\"Error\",\"downloadFileName\":\"bare\"}]",
                     "bare.CSV", arena, &answer));
    assert_string_equal(answer.key, "e");
}

static void of_several_the_last_one_is_found(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    assert_true(find(list, "daily-7", arena, &answer));
    assert_string_equal(answer.key, "c");
}

static void a_name_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    assert_false(find(list, "daily", arena, &answer));
    assert_false(find(list, "daily-70", arena, &answer));
    assert_false(find(list, "Daily-7", arena, &answer));
    assert_false(find("[]", "daily-7", arena, &answer));
}

static void a_list_that_is_none_is_refused(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct export_answer answer;
    struct err err = {0};
    bool found;
    assert_false(export_answer_find("{}", 2, "x", arena, &answer, &found, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_false(export_answer_find("[{\"x", 4, "x", arena, &answer, &found, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    const char *broken = "[{},{\"downloadFileName\":\"x.csv\"}]";
    assert_false(export_answer_find(broken, strlen(broken), "x", arena, &answer, &found, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text, "entry 2 of the list of export requests: the answer has no requestKey");
}

static void a_moment_is_utc_with_and_without_z(void **state)
{
    (void)state;
    assert_true(export_moment_ms("2018-09-20T22:43:13Z") == INT64_C(1537483393000));
    assert_true(export_moment_ms("2018-09-20T22:43:13") == INT64_C(1537483393000));
    assert_true(export_moment_ms("2018-09-20 22:43:13.678Z") == INT64_C(1537483393000));
    assert_true(export_moment_ms("1970-01-02T00:00:00") == INT64_C(86400000));
}

static void what_is_no_moment_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2018-09-20",
                                        "2018-09-31T22:43:13Z",
                                        "2018-09-20T24:43:13Z",
                                        "2018-09-20T22:60:13Z",
                                        "2018-09-20T22:43:1Z",
                                        "2018-09-20T 2:43:13Z",
                                        "2018-09-20T+2:43:13Z",
                                        "2018-09-20T22:43:13+02:00",
                                        "2018-09-20T22:43:13ZZ",
                                        "20.09.2018 22:43:13"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (export_moment_ms(texts[i]) != 0)
            fail_msg("`%s`", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documentations_answer_is_read),
        cmocka_unit_test(a_finished_export_has_an_address),
        cmocka_unit_test(the_case_of_a_status_does_not_matter),
        cmocka_unit_test(unknown_members_and_nulls_are_passed_over),
        cmocka_unit_test(what_an_answer_must_have_is_asked_for),
        cmocka_unit_test(a_body_that_is_no_json_may_pass),
        cmocka_unit_test(texts_without_measure_are_refused),
        cmocka_unit_test(a_new_address_needs_nothing_else),
        cmocka_unit_test(a_name_is_found_with_and_without_its_extension),
        cmocka_unit_test(of_several_the_last_one_is_found),
        cmocka_unit_test(a_name_that_is_not_there_is_not_found),
        cmocka_unit_test(a_list_that_is_none_is_refused),
        cmocka_unit_test(a_moment_is_utc_with_and_without_z),
        cmocka_unit_test(what_is_no_moment_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
