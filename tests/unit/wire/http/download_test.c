/* wire/download against a server on plain sockets: what comes over the wire, and what does not. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "unit/wire/http/canned_files.h"
#include "unit/wire/http/client.h"
#include "wire/http/download.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Of the client of WITH_SHORT_STALL. */
#define STALL_MS 1000
#define LARGE_BYTES ((size_t)64 << 20)

static atomic_size_t stalled_at; /* bytes of the large body sent when the client took no more; 0: never yet */

/* Byte i of the large body. */
static char byte_at(uint64_t i)
{
    return (char)('a' + i % 23);
}

/* Sends the large body, and notes where it had to wait for the client for longer than a stall may last. */
static void send_large(const struct tiny_request *request)
{
    char block[23 * 1024];
    char head[96];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = byte_at(i);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", LARGE_BYTES);
    tiny_send(request, head);
    for (size_t sent = 0; sent < LARGE_BYTES;) {
        size_t at = sent % sizeof block;
        size_t length = sizeof block - at;
        struct pollfd room = {.fd = request->fd, .events = POLLOUT};
        if (length > LARGE_BYTES - sent)
            length = LARGE_BYTES - sent;
        if (poll(&room, 1, STALL_MS + 500) == 0)
            atomic_store(&stalled_at, sent);
        ssize_t done = send(request->fd, block + at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done > 0)
            sent += (size_t)done;
        else if (poll(&room, 1, 0) == 1 && (room.revents & (POLLERR | POLLHUP)))
            return;
    }
}

static void move_to_other_host(const struct tiny_request *request)
{
    char head[200];
    snprintf(head, sizeof head,
             "HTTP/1.1 302 Found\r\nLocation: http://localhost:%u/echo?sig=s3cret\r\n"
             "Content-Length: 4\r\n\r\nmove",
             tiny_server_port(request->server));
    tiny_send(request, head);
}

static bool answer(const struct tiny_request *request)
{
    if (text_starts_with(request->path, "/echo"))
        tiny_answer(request, request->text);
    else if (text_starts_with(request->path, "/large"))
        send_large(request);
    else if (text_starts_with(request->path, "/other-host"))
        move_to_other_host(request);
    for (size_t i = 0; i < COUNT_OF(canned); i++) {
        if (!text_starts_with(request->path, canned[i].path))
            continue;
        tiny_send(request, canned[i].text);
        if (canned[i].waits)
            tiny_await_close(request);
    }
    return false;
}

static int set_up_short_stall(void **state)
{
    (void)state;
    return set_up_with(&(struct http_options){.user_agent = "test/1", .stall_timeout_ms = STALL_MS});
}

static struct download *open_file(const char *path, struct download_answer *head)
{
    char url[128];
    struct err err;
    struct download_request request = {.url = tiny_server_url(server, path, url, sizeof url)};
    struct download *download = download_open(client, &request, head, &err);
    if (!download)
        fail_msg("%s: %s", path, err.text);
    return download;
}

/* All that comes until the end, or until an error, which is left in err. */
static bool read_all(struct download *download, struct buf *text, struct err *err)
{
    struct download_block block;
    for (;;) {
        if (!download_read(download, &block, err))
            return false;
        if (block.ended)
            return true;
        assert_true(block.length > 0);
        assert_true(buf_append(text, block.bytes, block.length));
    }
}

static void expect_text(struct download *download, const char *expected)
{
    struct err err;
    SCOPED(buf) struct buf text = buf_make(10000);
    if (!read_all(download, &text, &err))
        fail_msg("%s", err.text);
    assert_string_equal(buf_text(&text), expected);
    download_close(download);
}

static void a_file_with_a_length_comes_whole(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/length?sig=1", &head), SMALL);
    assert_int_equal(head.verdict, DOWNLOAD_FILE);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.total, 16);
    assert_int_equal(head.proof, DOWNLOAD_BY_LENGTH);
}

static void a_chunked_file_comes_whole(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/chunked", &head), SMALL);
    assert_int_equal(head.proof, DOWNLOAD_BY_CHUNKS);
}

static void a_file_that_ends_with_its_connection_is_told_as_unproved(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/close", &head), SMALL);
    assert_int_equal(head.proof, DOWNLOAD_UNPROVED);
}

static void an_interim_answer_is_not_the_answer(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/early", &head), SMALL);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.total, 16);
}

static void an_empty_file_is_a_file(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/empty", &head), "");
    assert_int_equal(head.total, 0);
}

static void the_end_stays_the_end(void **state)
{
    (void)state;
    struct err err;
    struct download_answer head;
    struct download_block block;
    SCOPED(buf) struct buf text = buf_make(1000);
    SCOPED(download) struct download *download = open_file("/length", &head);
    assert_true(read_all(download, &text, &err));
    assert_true(download_read(download, &block, &err));
    assert_true(block.ended);
}

static void expect_cut(const char *path, const char *words)
{
    struct err err;
    struct download_answer head;
    SCOPED(buf) struct buf text = buf_make(1000);
    SCOPED(download) struct download *download = open_file(path, &head);
    assert_false(read_all(download, &text, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    if (!strstr(err.text, words))
        fail_msg("`%s` does not say `%s`", err.text, words);
    assert_string_equal(buf_text(&text), "0123456789");
}

static void a_cut_file_hands_out_what_came_and_then_fails(void **state)
{
    (void)state;
    expect_cut("/cut-length", "the answer was cut short after 10 bytes");
    expect_cut("/cut-chunk", "the answer was cut short after 10 bytes");
}

static void a_stalled_file_ends(void **state)
{
    (void)state;
    expect_cut("/half", "no data arrived for 1s");
}

static void a_refusal_is_an_answer(void **state)
{
    (void)state;
    struct download_answer head;
    struct download *download = open_file("/refused", &head);
    assert_int_equal(head.verdict, DOWNLOAD_REFUSED);
    assert_int_equal(head.status, 403);
    download_close(download);
}

static void gzip_is_asked_for_and_handed_on_as_it_came(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/gzip", &head), "\037\213zz");
    SCOPED(buf) struct buf text = buf_make(10000);
    struct err err;
    SCOPED(download) struct download *download = open_file("/echo", &head);
    assert_true(read_all(download, &text, &err));
    assert_non_null(strstr(buf_text(&text), "\r\nAccept-Encoding: gzip\r\n"));
    assert_null(strstr(buf_text(&text), "Range:"));
    assert_non_null(strstr(buf_text(&text), "\r\nUser-Agent: test/1\r\n"));
}

static void a_redirect_to_another_host_is_followed_without_credentials(void **state)
{
    (void)state;
    struct err err;
    struct download_answer head;
    SCOPED(buf) struct buf text = buf_make(10000);
    SCOPED(download) struct download *download = open_file("/other-host", &head);
    assert_true(read_all(download, &text, &err));
    assert_true(text_starts_with(buf_text(&text), "GET /echo?sig=s3cret HTTP/1.1\r\nHost: localhost:"));
    assert_null(strcasestr(buf_text(&text), "Authorization"));
    assert_null(strcasestr(buf_text(&text), "Referer"));
}

static void a_relative_redirect_is_followed(void **state)
{
    (void)state;
    struct download_answer head;
    expect_text(open_file("/moved", &head), SMALL);
    assert_int_equal(tiny_server_requests(server), 2);
}

static void expect_no_answer(const char *path, const char *words)
{
    char url[128];
    struct err err;
    struct download_answer head;
    struct download_request request = {.url = tiny_server_url(server, path, url, sizeof url)};
    assert_null(download_open(client, &request, &head, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    if (!strstr(err.text, words))
        fail_msg("`%s` does not say `%s`", err.text, words);
}

static void redirects_in_a_circle_end(void **state)
{
    (void)state;
    expect_no_answer("/round?sig=s3cret", "the download is redirected more than 5 times");
    assert_int_equal(tiny_server_requests(server), 6);
}

static void no_answer_is_told_with_the_host_alone(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "GET http://127.0.0.1:%u: ", tiny_server_port(server));
    expect_no_answer("/silent?sig=s3cret", name);
    expect_no_answer("/garbage?sig=s3cret", name);
    expect_no_answer("/nothing?sig=s3cret", name);
}

static void what_is_no_address_is_not_asked(void **state)
{
    (void)state;
    static const char *const urls[] = {"ftp://example/s3cret", "s3cret", "http://u:s3cret@127.0.0.1/"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct err err;
        struct download_answer head;
        struct download_request request = {.url = urls[i]};
        assert_null(download_open(client, &request, &head, &err));
        assert_int_equal(err.kind, ERR_DATA);
        if (i != 1)
            assert_null(strstr(err.text, "s3cret"));
    }
}

/*
 * While nothing is read, the server gets rid of no more than two blocks and what the sockets hold; and the
 * transfer that waits for its reader, for longer than a stall may last, is not taken for stalled.
 */
static void a_slow_reader_holds_the_server_back(void **state)
{
    (void)state;
    struct err err;
    struct download_answer head;
    struct download_block block;
    uint64_t offset = 0;
    atomic_store(&stalled_at, 0);
    SCOPED(download) struct download *download = open_file("/large", &head);
    assert_true(download_read(download, &block, &err));
    while (atomic_load(&stalled_at) == 0)
        poll(NULL, 0, 10);
    assert_in_range(atomic_load(&stalled_at), 1, LARGE_BYTES / 2);
    while (!block.ended) {
        assert_in_range(block.length, 1, 2 << 20);
        for (size_t i = 0; i < block.length; i++)
            if (block.bytes[i] != byte_at(offset + i))
                fail_msg("byte %zu is another", (size_t)offset + i);
        offset += block.length;
        if (!download_read(download, &block, &err))
            fail_msg("%s", err.text);
    }
    assert_int_equal(offset, LARGE_BYTES);
}

static void a_download_that_nobody_wants_any_more_is_closed(void **state)
{
    (void)state;
    struct err err;
    struct download_answer head;
    struct download_block block;
    download_close(open_file("/large", &head));
    download_close(NULL);
    struct download *download = open_file("/large", &head);
    assert_true(download_read(download, &block, &err));
    download_close(download);
    expect_text(open_file("/length", &head), SMALL);
}

static void a_download_outlives_its_client(void **state)
{
    (void)state;
    struct err err;
    struct download_answer head;
    SCOPED(buf) struct buf text = buf_make(1000);
    SCOPED(download) struct download *download = open_file("/half", &head);
    http_client_release(client);
    client = NULL;
    assert_false(read_all(download, &text, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static void the_log_names_the_host_alone(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log_options options = {.fd = fileno(file), .level = LOG_DEBUG, .format = LOG_JSON};
    struct download_answer head;
    char lines[4096] = "";
    log_setup(&options);
    expect_text(open_file("/length/s3cret?sig=s3cret", &head), SMALL);
    expect_text(open_file("/moved?sig=s3cret", &head), SMALL);
    expect_cut("/cut-length?sig=s3cret", "cut short");
    download_close(open_file("/half/s3cret?sig=s3cret", &head));
    log_setup(&(struct log_options){.fd = STDERR_FILENO, .level = LOG_INFO, .format = LOG_TEXT});
    rewind(file);
    assert_true(fread(lines, 1, sizeof lines - 1, file) > 0);
    fclose(file);
    assert_null(strstr(lines, "s3cret"));
    assert_null(strstr(lines, "/length"));
    assert_non_null(strstr(lines, ": 200, "));
    assert_non_null(strstr(lines, " 16 bytes"));
    assert_non_null(strstr(lines, ": 307, "));
    assert_non_null(strstr(lines, "cut short"));
}

#define WITH_SHORT_STALL(test) cmocka_unit_test_setup_teardown(test, set_up_short_stall, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_file_with_a_length_comes_whole),
        WITH_SERVER(a_chunked_file_comes_whole),
        WITH_SERVER(a_file_that_ends_with_its_connection_is_told_as_unproved),
        WITH_SERVER(an_interim_answer_is_not_the_answer),
        WITH_SERVER(an_empty_file_is_a_file),
        WITH_SERVER(the_end_stays_the_end),
        WITH_SERVER(a_cut_file_hands_out_what_came_and_then_fails),
        WITH_SHORT_STALL(a_stalled_file_ends),
        WITH_SERVER(a_refusal_is_an_answer),
        WITH_SERVER(gzip_is_asked_for_and_handed_on_as_it_came),
        WITH_SERVER(a_redirect_to_another_host_is_followed_without_credentials),
        WITH_SERVER(a_relative_redirect_is_followed),
        WITH_SERVER(redirects_in_a_circle_end),
        WITH_SHORT_STALL(no_answer_is_told_with_the_host_alone),
        WITH_SERVER(what_is_no_address_is_not_asked),
        WITH_SHORT_STALL(a_slow_reader_holds_the_server_back),
        WITH_SERVER(a_download_that_nobody_wants_any_more_is_closed),
        WITH_SERVER(a_download_outlives_its_client),
        WITH_SERVER(the_log_names_the_host_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
