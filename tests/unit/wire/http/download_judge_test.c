/* wire/download, the half that decides: what an answer is, and where a redirect leads. */
#include "wire/http/download.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct download_file thousand = {.total = 1000, .etag = "\"v1\"", .gzip = false};

/* A head without headers. */
static struct download_head head_of(int status)
{
    return (struct download_head){
        .status = status,
        .content_length = "",
        .content_range = "",
        .content_encoding = "",
        .etag = "",
        .retry_after = "",
        .date = "",
    };
}

static struct download_answer judge(const struct download_head *head, uint64_t from,
                                    const struct download_file *known)
{
    struct download_request request = {.url = "", .from = from, .known = known};
    struct download_answer answer;
    struct err err = {0};
    if (!download_judge(head, &request, &answer, &err))
        fail_msg("%s", err.text);
    return answer;
}

/* What a 206 with these headers is to one who knows of a thousand bytes and asked for those from 400 on. */
static enum download_verdict judge_rest(const char *content_range, const char *etag)
{
    struct download_head head = head_of(206);
    head.content_range = content_range;
    head.etag = etag;
    return judge(&head, 400, &thousand).verdict;
}

static void a_whole_file_tells_its_length(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.content_length = "1000";
    head.etag = "\"v1\"";
    struct download_answer answer = judge(&head, 0, NULL);
    assert_int_equal(answer.verdict, DOWNLOAD_FILE);
    assert_int_equal(answer.from, 0);
    assert_int_equal(answer.file.total, 1000);
    assert_string_equal(answer.file.etag, "\"v1\"");
    assert_int_equal(answer.proof, DOWNLOAD_BY_LENGTH);
}

static void chunks_prove_the_end_and_tell_no_length(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.chunked = true;
    head.content_length = "7";
    struct download_answer answer = judge(&head, 0, NULL);
    assert_int_equal(answer.proof, DOWNLOAD_BY_CHUNKS);
    assert_true(answer.file.total == DOWNLOAD_UNKNOWN);
}

static void a_body_that_ends_with_its_connection_proves_nothing(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    struct download_answer answer = judge(&head, 0, NULL);
    assert_int_equal(answer.proof, DOWNLOAD_UNPROVED);
    assert_true(answer.file.total == DOWNLOAD_UNKNOWN);
    assert_false(download_can_go_on(&answer.file));
}

/* The server does not grant ranges, or the file has changed since. */
static void a_200_is_the_file_from_its_start_whatever_was_asked(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.content_length = "1200";
    struct download_answer answer = judge(&head, 400, &thousand);
    assert_int_equal(answer.verdict, DOWNLOAD_FILE);
    assert_int_equal(answer.from, 0);
    assert_int_equal(answer.file.total, 1200);
}

static void a_206_is_the_rest_of_the_same_file(void **state)
{
    (void)state;
    assert_int_equal(judge_rest("bytes 400-999/1000", "\"v1\""), DOWNLOAD_REST);
    assert_int_equal(judge_rest("bytes 400-999/1000", ""), DOWNLOAD_REST);
    assert_int_equal(judge_rest("bytes 400-999/*", "\"v1\""), DOWNLOAD_REST);
    assert_int_equal(judge_rest("BYTES 400-499/1000", "\"v1\""), DOWNLOAD_REST);
}

static void a_206_of_another_file_or_place_is_of_no_use(void **state)
{
    (void)state;
    assert_int_equal(judge_rest("bytes 399-999/1000", "\"v1\""), DOWNLOAD_OTHER);
    assert_int_equal(judge_rest("bytes 401-999/1000", "\"v1\""), DOWNLOAD_OTHER);
    assert_int_equal(judge_rest("bytes 400-999/1001", "\"v1\""), DOWNLOAD_OTHER);
    assert_int_equal(judge_rest("bytes 400-999/1000", "\"v2\""), DOWNLOAD_OTHER);
    assert_int_equal(judge_rest("bytes 400-999/*", ""), DOWNLOAD_OTHER);
}

static void a_206_without_a_range_that_can_be_read_is_of_no_use(void **state)
{
    (void)state;
    static const char *const headers[] = {"",
                                          "bytes",
                                          "bytes 400",
                                          "bytes 400-",
                                          "bytes 400-/1000",
                                          "bytes 400-399/1000",
                                          "bytes -400/1000",
                                          "lines 400-999/1000",
                                          "bytes 400-999/1000 ",
                                          "bytes */1000",
                                          "bytes 400-999/99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        if (judge_rest(headers[i], "\"v1\"") != DOWNLOAD_OTHER)
            fail_msg("`%s`", headers[i]);
}

static void a_part_that_was_not_asked_for_is_a_start_or_nothing(void **state)
{
    (void)state;
    struct download_head head = head_of(206);
    head.content_range = "bytes 0-499/1000";
    head.content_length = "500";
    struct download_answer answer = judge(&head, 0, NULL);
    assert_int_equal(answer.verdict, DOWNLOAD_REST);
    assert_int_equal(answer.file.total, 1000);
    head.content_range = "bytes 1-999/1000";
    assert_int_equal(judge(&head, 0, NULL).verdict, DOWNLOAD_OTHER);
}

static void a_part_may_keep_quiet_about_its_coding_but_not_change_it(void **state)
{
    (void)state;
    struct download_file gzipped = {.total = 1000, .gzip = true};
    struct download_head head = head_of(206);
    head.content_range = "bytes 400-999/1000";
    assert_int_equal(judge(&head, 400, &gzipped).verdict, DOWNLOAD_REST);
    head.content_encoding = "gzip";
    assert_int_equal(judge(&head, 400, &gzipped).verdict, DOWNLOAD_REST);
    assert_int_equal(judge(&head, 400, &thousand).verdict, DOWNLOAD_OTHER);
    head.content_encoding = "identity";
    assert_int_equal(judge(&head, 400, &gzipped).verdict, DOWNLOAD_OTHER);
}

static void a_416_at_the_total_says_that_nothing_is_missing(void **state)
{
    (void)state;
    static const struct download_file tagged = {.total = DOWNLOAD_UNKNOWN, .etag = "\"v1\""};
    struct download_head head = head_of(416);
    head.content_range = "bytes */400";
    assert_int_equal(judge(&head, 400, &tagged).verdict, DOWNLOAD_NOTHING_MORE);
    head.content_range = "bytes */1000";
    assert_int_equal(judge(&head, 1000, &thousand).verdict, DOWNLOAD_NOTHING_MORE);
    head.content_range = "bytes */399";
    assert_int_equal(judge(&head, 400, &tagged).verdict, DOWNLOAD_OTHER);
    head.content_range = "";
    assert_int_equal(judge(&head, 400, &tagged).verdict, DOWNLOAD_OTHER);
    head.content_range = "bytes */0";
    assert_int_equal(judge(&head, 0, NULL).verdict, DOWNLOAD_OTHER);
}

static void a_416_of_another_file_says_nothing(void **state)
{
    (void)state;
    struct download_head head = head_of(416);
    head.content_range = "bytes */400";
    assert_int_equal(judge(&head, 400, &thousand).verdict, DOWNLOAD_OTHER);
    head.content_range = "bytes */1000";
    head.etag = "\"v2\"";
    assert_int_equal(judge(&head, 1000, &thousand).verdict, DOWNLOAD_OTHER);
}

static void a_checksum_does_not_depend_on_the_blocks(void **state)
{
    (void)state;
    assert_int_equal(download_checksum(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(download_checksum(download_checksum(0, "1234", 4), "56789", 5), 0xCBF43926);
    assert_int_equal(download_checksum(0, "", 0), 0);
}

static void refusals_are_told_from_passing_faults(void **state)
{
    (void)state;
    static const int refusals[] = {400, 401, 403, 404, 410};
    static const int faults[] = {201, 204, 304, 408, 429, 500, 503};
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct download_head head = head_of(refusals[i]);
        assert_int_equal(judge(&head, 0, NULL).verdict, DOWNLOAD_REFUSED);
    }
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct download_head head = head_of(faults[i]);
        head.retry_after = "17";
        assert_int_equal(judge(&head, 0, NULL).verdict, DOWNLOAD_FAILED);
        head.date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_string_equal(judge(&head, 0, NULL).retry_after, "17");
        assert_string_equal(judge(&head, 0, NULL).date, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}

static void a_weak_etag_is_none(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.etag = "W/\"v1\"";
    struct download_answer answer = judge(&head, 0, NULL);
    assert_string_equal(answer.file.etag, "");
}

static void gzip_is_told_and_other_codings_are_refused(void **state)
{
    (void)state;
    struct download_request request = {.url = ""};
    struct download_answer answer;
    struct err err = {0};
    struct download_head head = head_of(200);
    head.content_encoding = "x-gzip";
    assert_true(judge(&head, 0, NULL).file.gzip);
    head.content_encoding = "GZip";
    assert_true(judge(&head, 0, NULL).file.gzip);
    head.content_encoding = "identity";
    assert_false(judge(&head, 0, NULL).file.gzip);
    static const char *const plain[] = {"aws-chunked", "UTF-8", "utf-8", "aws-chunked,UTF-8",
                                        "identity, aws-chunked,"};
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        head.content_encoding = plain[i];
        assert_true(download_judge(&head, &request, &answer, &err));
        assert_false(answer.file.gzip);
    }
    static const char *const packed[] = {"aws-chunked,gzip", "gzip, UTF-8", "UTF-8,\tx-gzip"};
    for (size_t i = 0; i < COUNT_OF(packed); i++) {
        head.content_encoding = packed[i];
        assert_true(download_judge(&head, &request, &answer, &err));
        assert_true(answer.file.gzip);
    }
    head.content_encoding = "aws-chunked,br";
    assert_false(download_judge(&head, &request, &answer, &err));
    head.content_encoding = "br";
    assert_false(download_judge(&head, &request, &answer, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text, "the file comes in the Content-Encoding `br`, which was not asked for");
    /* A refusal's body is nobody's file. */
    head.status = 403;
    assert_int_equal(judge(&head, 0, NULL).verdict, DOWNLOAD_REFUSED);
}

static void expect_resolved(const char *from, const char *location, const char *expected)
{
    struct err err = {0};
    SCOPED(buf) struct buf to = buf_make(1000);
    if (!download_resolve(from, location, &to, &err))
        fail_msg("%s", err.text);
    assert_string_equal(buf_text(&to), expected);
}

static void a_redirect_leads_where_it_says(void **state)
{
    (void)state;
    expect_resolved("https://a.example/x/y?sig=1", "https://b.example:8443/z?sig=2%2F3#part",
                    "https://b.example:8443/z?sig=2%2F3");
    expect_resolved("https://a.example/x/y?sig=1", "/z?sig=2", "https://a.example/z?sig=2");
    expect_resolved("http://a.example/x/y?sig=1", "z", "http://a.example/x/z");
    expect_resolved("http://a.example:81/x", "//b.example/z", "http://b.example/z");
    expect_resolved("http://a.example/x", "https://a.example/x", "https://a.example/x");
    expect_resolved("http://a.example/x", "http://b.example/a b", "http://b.example/a%20b");
}

static void expect_not_followed(const char *from, const char *location, const char *words)
{
    struct err err = {0};
    SCOPED(buf) struct buf to = buf_make(1000);
    assert_false(download_resolve(from, location, &to, &err));
    assert_int_equal(err.kind, ERR_DATA);
    if (!strstr(err.text, words) || strstr(err.text, "s3cret"))
        fail_msg("%s", err.text);
    assert_int_equal(to.length, 0);
}

static void a_redirect_to_less_safety_is_not_followed(void **state)
{
    (void)state;
    expect_not_followed("https://a.example/x", "http://b.example/?s3cret", "from https to http");
    expect_not_followed("https://a.example/x", "ftp://b.example/s3cret", "no address of http or https");
    expect_not_followed("https://a.example/x", "file:///s3cret", "no address of http or https");
    expect_not_followed("https://a.example/x", "https://user:s3cret@b.example/", "no address");
    expect_not_followed("http://a.example/x", "https://b.example:99999/s3cret", "no address");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_tells_its_length),
        cmocka_unit_test(chunks_prove_the_end_and_tell_no_length),
        cmocka_unit_test(a_body_that_ends_with_its_connection_proves_nothing),
        cmocka_unit_test(a_200_is_the_file_from_its_start_whatever_was_asked),
        cmocka_unit_test(a_206_is_the_rest_of_the_same_file),
        cmocka_unit_test(a_206_of_another_file_or_place_is_of_no_use),
        cmocka_unit_test(a_206_without_a_range_that_can_be_read_is_of_no_use),
        cmocka_unit_test(a_part_that_was_not_asked_for_is_a_start_or_nothing),
        cmocka_unit_test(a_part_may_keep_quiet_about_its_coding_but_not_change_it),
        cmocka_unit_test(a_416_at_the_total_says_that_nothing_is_missing),
        cmocka_unit_test(a_416_of_another_file_says_nothing),
        cmocka_unit_test(a_checksum_does_not_depend_on_the_blocks),
        cmocka_unit_test(refusals_are_told_from_passing_faults),
        cmocka_unit_test(a_weak_etag_is_none),
        cmocka_unit_test(gzip_is_told_and_other_codings_are_refused),
        cmocka_unit_test(a_redirect_leads_where_it_says),
        cmocka_unit_test(a_redirect_to_less_safety_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
