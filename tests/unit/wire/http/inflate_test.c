#include "base/buf.h"
#include "wire/csv/csv_inner.h"
#include "wire/http/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* By gzip(1): `date,tokens\n2024-01-31,12.5\n`, nothing, `2024-02-01,0.25\n`. */
static const char january[] =
    "\037\213\010\000\000\000\000\000\002\003\113\111\054\111\325\051\311\317\116\315"
    "\053\346\062\062\060\062\321\065\060\324\065\066\324\061\064\322\063\345\002\000"
    "\312\217\302\227\034\000\000\000";
static const char nothing[] =
    "\037\213\010\000\000\000\000\000\002\003\003\000\000\000\000\000\000\000\000\000";
static const char february[] =
    "\037\213\010\000\000\000\000\000\002\003\063\062\060\062\321\065\060\322\065\060"
    "\324\061\320\063\062\345\002\000\124\151\340\025\020\000\000\000";
#define LENGTH(text) (sizeof(text) - 1)

struct reading {
    struct inflate *stream;
    struct buf in;  /* what is to be read */
    struct buf out; /* what came out */
    struct err err;
};

static struct reading begin(void)
{
    return (struct reading){
        .stream = inflate_make(), .in = buf_make(BUF_OWN_TEXT), .out = buf_make(BUF_OWN_TEXT)};
}

static struct reading begin_bytes(const char *bytes, size_t length)
{
    struct reading reading = begin();
    assert_true(buf_append(&reading.in, bytes, length));
    return reading;
}

static void reading_cleanup(struct reading *reading)
{
    inflate_release(reading->stream);
    buf_release(&reading->in);
    buf_release(&reading->out);
}

/* A block of its own size on the heap, gone when it is used up, so that a sanitizer sees a read too many. */
static bool feed(struct reading *reading, size_t start, size_t end)
{
    const char *bytes;
    size_t length;
    enum inflate_state state;
    char *block = malloc(end - start > 0 ? end - start : 1);
    memcpy(block, buf_text(&reading->in) + start, end - start);
    inflate_feed(reading->stream, block, end - start);
    while ((state = inflate_next(reading->stream, &bytes, &length, &reading->err)) == INFLATE_BLOCK) {
        assert_in_range(length, 1, 65536);
        assert_true(buf_append(&reading->out, bytes, length));
    }
    free(block);
    return state == INFLATE_MORE;
}

static bool read_cut_at(struct reading *reading, size_t cut)
{
    return feed(reading, 0, cut) && feed(reading, cut, reading->in.length) &&
           inflate_end(reading->stream, &reading->err);
}

static bool read_byte_by_byte(struct reading *reading)
{
    for (size_t i = 0; i < reading->in.length; i++)
        if (!feed(reading, i, i + 1))
            return false;
    return inflate_end(reading->stream, &reading->err);
}

static void expect_text(const struct reading *reading, bool read, const char *expected)
{
    if (!read)
        fail_msg("%s", reading->err.text);
    assert_string_equal(buf_text(&reading->out), expected);
    assert_int_equal(reading->out.length, strlen(expected));
}

/* Wherever it is cut. */
static void expect(const char *bytes, size_t length, const char *expected)
{
    for (size_t cut = 0; cut <= length; cut++) {
        SCOPED(reading) struct reading reading = begin_bytes(bytes, length);
        expect_text(&reading, read_cut_at(&reading, cut), expected);
    }
    SCOPED(reading) struct reading reading = begin_bytes(bytes, length);
    expect_text(&reading, read_byte_by_byte(&reading), expected);
}

static void expect_error(const char *bytes, size_t length, enum err_kind kind, const char *text)
{
    for (size_t cut = 0; cut <= length; cut++) {
        SCOPED(reading) struct reading reading = begin_bytes(bytes, length);
        assert_false(read_cut_at(&reading, cut));
        assert_int_equal(reading.err.kind, kind);
        assert_string_equal(reading.err.text, text);
    }
}

static void what_is_no_gzip_passes_as_it_is(void **state)
{
    (void)state;
    expect("date,tokens\n2024-01-31,12.5\n", 28, "date,tokens\n2024-01-31,12.5\n");
    expect("a", 1, "a");
    expect("", 0, "");
}

static void what_is_no_gzip_is_not_copied(void **state)
{
    (void)state;
    static const char block[] = "date,tokens\n";
    SCOPED(inflate) struct inflate *stream = inflate_make();
    struct err err;
    const char *bytes;
    size_t length;
    inflate_feed(stream, block, LENGTH(block));
    assert_int_equal(inflate_next(stream, &bytes, &length, &err), INFLATE_BLOCK);
    assert_ptr_equal(bytes, block);
    assert_int_equal(length, LENGTH(block));
}

static void half_of_the_magic_makes_no_gzip(void **state)
{
    (void)state;
    expect("\x1F,a\n", 4, "\x1F,a\n");
    expect("\x1F\x1F\x8B", 3, "\x1F\x1F\x8B");
    expect("\x8B\x1F", 2, "\x8B\x1F");
}

static void gzip_is_unpacked(void **state)
{
    (void)state;
    expect(january, LENGTH(january), "date,tokens\n2024-01-31,12.5\n");
    expect(nothing, LENGTH(nothing), "");
}

static void members_one_behind_the_other_are_one_stream(void **state)
{
    (void)state;
    struct buf members = buf_make(BUF_OWN_TEXT);
    assert_true(buf_append(&members, january, LENGTH(january)));
    assert_true(buf_append(&members, nothing, LENGTH(nothing)));
    assert_true(buf_append(&members, february, LENGTH(february)));
    expect(members.bytes, members.length, "date,tokens\n2024-01-31,12.5\n2024-02-01,0.25\n");
    buf_release(&members);
}

static bool is_proved(const char *bytes, size_t length)
{
    SCOPED(reading) struct reading reading = begin_bytes(bytes, length);
    assert_true(read_cut_at(&reading, length));
    return inflate_is_proved(reading.stream);
}

/* A cut between two members leaves a stream that is whole. */
static void one_member_alone_proves_the_stream(void **state)
{
    (void)state;
    char members[LENGTH(january) + LENGTH(february)];
    memcpy(members, january, LENGTH(january));
    memcpy(members + LENGTH(january), february, LENGTH(february));
    assert_true(is_proved(january, LENGTH(january)));
    assert_false(is_proved(members, sizeof members));
    assert_false(is_proved("date,tokens\n", 12));
}

static void a_stream_cut_short_at_any_byte_is_told(void **state)
{
    (void)state;
    for (size_t length = 1; length < LENGTH(january); length++) {
        char text[60];
        snprintf(text, sizeof text, "the gzip data is cut short after %zu bytes", length);
        expect_error(january, length, ERR_UNAVAILABLE, text);
    }
}

static void a_further_member_cut_short_at_any_byte_is_told(void **state)
{
    (void)state;
    char members[LENGTH(january) + LENGTH(february)];
    memcpy(members, january, LENGTH(january));
    memcpy(members + LENGTH(january), february, LENGTH(february));
    for (size_t length = LENGTH(january) + 1; length < sizeof members; length++) {
        char text[60];
        snprintf(text, sizeof text, "the gzip data is cut short after %zu bytes", length);
        expect_error(members, length, ERR_UNAVAILABLE, text);
    }
}

static void anything_else_behind_a_member_is_refused(void **state)
{
    (void)state;
    static const char *const rests[] = {"\n", "date,tokens\n", "\x1F\x1F", "\x8B"};
    static const char text[] = "the gzip data ends at byte 48, and the bytes after it are not gzip";
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        char bytes[LENGTH(january) + 20];
        memcpy(bytes, january, sizeof january);
        strcpy(bytes + LENGTH(january), rests[i]);
        expect_error(bytes, LENGTH(january) + strlen(rests[i]), ERR_DATA, text);
    }
    expect_error(january, sizeof january, ERR_DATA, text); /* a NUL, as tape drives pad with */
}

/* Which byte it is that zlib stumbles at is its own affair. */
static void expect_corrupt(size_t at, const char *words)
{
    SCOPED(reading) struct reading reading = begin_bytes(january, LENGTH(january));
    reading.in.bytes[at] = (char)(reading.in.bytes[at] ^ 0x55);
    assert_false(read_byte_by_byte(&reading));
    assert_int_equal(reading.err.kind, ERR_DATA);
    if (strncmp(reading.err.text, "corrupt gzip data before byte ", 30) != 0 ||
        !strstr(reading.err.text, words))
        fail_msg("%s", reading.err.text);
}

static void corrupt_data_is_refused(void **state)
{
    (void)state;
    expect_corrupt(2, ": unknown compression method");
    expect_corrupt(10, ": invalid block type");
    for (size_t at = LENGTH(january) - 8; at < LENGTH(january) - 4; at++)
        expect_corrupt(at, ": incorrect data check");
    for (size_t at = LENGTH(january) - 4; at < LENGTH(january); at++)
        expect_corrupt(at, ": incorrect length check");
}

static void a_failed_stream_stays_failed(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = begin_bytes(january, sizeof january);
    const char *bytes;
    size_t length;
    assert_false(read_cut_at(&reading, sizeof january));
    assert_int_equal(inflate_next(reading.stream, &bytes, &length, &reading.err), INFLATE_FAILED);
    assert_string_equal(reading.err.text, "the gzip data was refused before");
    assert_false(inflate_end(reading.stream, &reading.err));
}

/* 3 MB of lines, packed. */
static void pack_lines(struct buf *lines, struct buf *packed)
{
    for (unsigned i = 0; lines->length < 3000000; i++)
        buf_print(lines, "2024-01-%02u,%u.%u\n", 1 + i % 31, i, i % 7);
    assert_true(buf_reserve(packed, lines->length));
    z_stream zlib = {.next_in = (Bytef *)lines->bytes,
                     .avail_in = (uInt)lines->length,
                     .next_out = (Bytef *)packed->bytes,
                     .avail_out = (uInt)lines->length};
    assert_int_equal(deflateInit2(&zlib, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    packed->length = zlib.total_out;
    deflateEnd(&zlib);
}

static void a_large_stream_comes_in_blocks(void **state)
{
    (void)state;
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    SCOPED(reading) struct reading reading = begin();
    pack_lines(&lines, &reading.in);
    assert_true(read_cut_at(&reading, 100000));
    assert_int_equal(reading.out.length, lines.length);
    assert_memory_equal(reading.out.bytes, lines.bytes, lines.length);
}

/* As a loader has it: download, inflate, csv. */
static size_t count_records(struct csv_reader *csv, enum csv_state until)
{
    struct csv_record record;
    struct err err = {0};
    enum csv_state read;
    size_t count = 0;
    while ((read = csv_next(csv, &record, &err)) == CSV_RECORD)
        count++;
    if (read != until)
        fail_msg("%s", err.text);
    return count;
}

static void a_packed_file_reads_as_records(void **state)
{
    (void)state;
    SCOPED(inflate) struct inflate *stream = inflate_make();
    SCOPED(csv_reader) struct csv_reader *csv = csv_reader_make(CSV_MAX_RECORD_BYTES);
    struct err err;
    const char *bytes;
    size_t length;
    size_t records = 0;
    for (size_t i = 0; i < LENGTH(january); i++) {
        inflate_feed(stream, january + i, 1);
        while (inflate_next(stream, &bytes, &length, &err) == INFLATE_BLOCK) {
            csv_feed(csv, bytes, length);
            records += count_records(csv, CSV_MORE);
        }
    }
    assert_true(inflate_end(stream, &err));
    csv_end(csv);
    records += count_records(csv, CSV_END);
    assert_int_equal(records, 2);
    assert_true(csv_ended_with_line_end(csv));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_gzip_passes_as_it_is),
        cmocka_unit_test(what_is_no_gzip_is_not_copied),
        cmocka_unit_test(half_of_the_magic_makes_no_gzip),
        cmocka_unit_test(gzip_is_unpacked),
        cmocka_unit_test(members_one_behind_the_other_are_one_stream),
        cmocka_unit_test(one_member_alone_proves_the_stream),
        cmocka_unit_test(a_stream_cut_short_at_any_byte_is_told),
        cmocka_unit_test(a_further_member_cut_short_at_any_byte_is_told),
        cmocka_unit_test(anything_else_behind_a_member_is_refused),
        cmocka_unit_test(corrupt_data_is_refused),
        cmocka_unit_test(a_failed_stream_stays_failed),
        cmocka_unit_test(a_large_stream_comes_in_blocks),
        cmocka_unit_test(a_packed_file_reads_as_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
