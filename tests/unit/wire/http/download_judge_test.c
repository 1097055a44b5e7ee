/* wire/download, the half that decides: what an answer is, and where a redirect leads. */
#include "wire/http/download_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A head without headers. */
static struct download_head head_of(int status)
{
    return (struct download_head){
        .status = status,
        .content_length = "",
        .content_encoding = "",
        .retry_after = "",
        .date = "",
    };
}

static struct download_answer judge(const struct download_head *head)
{
    struct download_answer answer;
    struct err err = {0};
    if (!download_judge(head, &answer, &err))
        fail_msg("%s", err.text);
    return answer;
}

static void a_whole_file_tells_its_length(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.content_length = "1000";
    struct download_answer answer = judge(&head);
    assert_int_equal(answer.verdict, DOWNLOAD_FILE);
    assert_int_equal(answer.total, 1000);
    assert_int_equal(answer.proof, DOWNLOAD_BY_LENGTH);
}

static void chunks_prove_the_end(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.chunked = true;
    struct download_answer answer = judge(&head);
    assert_int_equal(answer.proof, DOWNLOAD_BY_CHUNKS);
    assert_true(answer.total == DOWNLOAD_UNKNOWN);
}

/* A proxy may pass the length of a file of which it has received and sent only a part. */
static void a_length_counts_beside_chunks(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    head.chunked = true;
    head.content_length = "7";
    struct download_answer answer = judge(&head);
    assert_int_equal(answer.proof, DOWNLOAD_BY_CHUNKS);
    assert_int_equal(answer.total, 7);
}

static void a_length_that_is_too_large_is_never_reached(void **state)
{
    (void)state;
    static const char *const lengths[] = {"9223372036854775808", "18446744073709551616",
                                          "99999999999999999999999", "99999999999999999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct download_head head = head_of(200);
        head.content_length = lengths[i];
        assert_true(judge(&head).total == INT64_MAX);
    }
}

static void what_is_no_length_is_none(void **state)
{
    (void)state;
    static const char *const lengths[] = {"", "-1", "7, 7", "7 bytes", "0x7"};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct download_head head = head_of(200);
        head.content_length = lengths[i];
        assert_int_equal(judge(&head).proof, DOWNLOAD_UNPROVED);
    }
}

static void a_body_that_ends_with_its_connection_proves_nothing(void **state)
{
    (void)state;
    struct download_head head = head_of(200);
    struct download_answer answer = judge(&head);
    assert_int_equal(answer.proof, DOWNLOAD_UNPROVED);
    assert_true(answer.total == DOWNLOAD_UNKNOWN);
}

static void a_part_that_was_not_asked_for_is_a_temporary_fault(void **state)
{
    (void)state;
    static const int statuses[] = {206, 416};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct download_head head = head_of(statuses[i]);
        head.content_length = "500";
        head.content_encoding = "br";
        assert_int_equal(judge(&head).verdict, DOWNLOAD_FAILED);
    }
}

static void a_checksum_does_not_depend_on_the_blocks(void **state)
{
    (void)state;
    assert_int_equal(download_checksum(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(download_checksum(download_checksum(0, "1234", 4), "56789", 5), 0xCBF43926);
    assert_int_equal(download_checksum(0, "", 0), 0);
}

static void refusals_are_told_from_temporary_faults(void **state)
{
    (void)state;
    static const int refusals[] = {400, 401, 403, 404, 410};
    static const int faults[] = {201, 204, 304, 408, 429, 500, 503};
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct download_head head = head_of(refusals[i]);
        assert_int_equal(judge(&head).verdict, DOWNLOAD_REFUSED);
    }
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct download_head head = head_of(faults[i]);
        head.retry_after = "17";
        assert_int_equal(judge(&head).verdict, DOWNLOAD_FAILED);
        head.date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_string_equal(judge(&head).retry_after, "17");
        assert_string_equal(judge(&head).date, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}

static void gzip_is_taken_and_other_codings_are_refused(void **state)
{
    (void)state;
    struct download_answer answer;
    struct err err = {0};
    struct download_head head = head_of(200);
    static const char *const known[] = {"gzip",
                                        "x-gzip",
                                        "GZip",
                                        "identity",
                                        "aws-chunked",
                                        "UTF-8",
                                        "utf-8",
                                        "aws-chunked,UTF-8",
                                        "identity, aws-chunked,",
                                        "gzip, UTF-8",
                                        "aws-chunked,gzip",
                                        "UTF-8,\tx-gzip"};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        head.content_encoding = known[i];
        assert_int_equal(judge(&head).verdict, DOWNLOAD_FILE);
    }
    head.content_encoding = "aws-chunked,br";
    assert_false(download_judge(&head, &answer, &err));
    head.content_encoding = "br";
    assert_false(download_judge(&head, &answer, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text, "the file comes in the Content-Encoding `br`, which was not requested");
    /* A refusal's body is nobody's file. */
    head.status = 403;
    assert_int_equal(judge(&head).verdict, DOWNLOAD_REFUSED);
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
    expect_not_followed("https://a.example/x", "ftp://b.example/s3cret",
                        "an address that is not http or https");
    expect_not_followed("https://a.example/x", "file:///s3cret", "an address that is not http or https");
    expect_not_followed("https://a.example/x", "https://user:s3cret@b.example/",
                        "an address that is not http or https");
    expect_not_followed("http://a.example/x", "https://b.example:99999/s3cret",
                        "an address that is not http or https");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_tells_its_length),
        cmocka_unit_test(chunks_prove_the_end),
        cmocka_unit_test(a_length_counts_beside_chunks),
        cmocka_unit_test(a_length_that_is_too_large_is_never_reached),
        cmocka_unit_test(what_is_no_length_is_none),
        cmocka_unit_test(a_body_that_ends_with_its_connection_proves_nothing),
        cmocka_unit_test(a_part_that_was_not_asked_for_is_a_temporary_fault),
        cmocka_unit_test(a_checksum_does_not_depend_on_the_blocks),
        cmocka_unit_test(refusals_are_told_from_temporary_faults),
        cmocka_unit_test(gzip_is_taken_and_other_codings_are_refused),
        cmocka_unit_test(a_redirect_leads_where_it_says),
        cmocka_unit_test(a_redirect_to_less_safety_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
