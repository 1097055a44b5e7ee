#include "csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BATCH_BYTES 65536

struct csv_stream {
    struct plan *plan;
    struct csv_shape shape;
    struct script *script;
    const struct rule *rule;

    size_t order[PLAN_MAX_COLUMNS + 1];
    size_t order_count;
    struct cursor cursor;
    struct row_writer writer;
    uint64_t rows;
    bool header_written, rows_over, file_over;
    struct buf plain; /* made, not yet taken or compressed */
    size_t plain_taken;
    z_stream zip;
};

static void write_header_name(struct buf *out, const char *name, int header, bool quote)
{
    struct buf text = BUF_MAX(4096);

    for (const char *c = name; *c != '\0'; c++) {
        bool upper = isupper((unsigned char)*c) && c != name && !isupper((unsigned char)c[-1]);
        bool digit = isdigit((unsigned char)*c) && c != name && !isdigit((unsigned char)c[-1]);

        if ((upper || digit) && header == CSV_HEADER_FRIENDLY)
            buf_char(&text, ' ');
        if ((upper || digit) && header == CSV_HEADER_SNAKE)
            buf_char(&text, '_');
        if (header == CSV_HEADER_UPPER || (header == CSV_HEADER_FRIENDLY && c == name))
            buf_char(&text, (char)toupper((unsigned char)*c));
        else
            buf_char(&text, header == CSV_HEADER_SNAKE ? (char)tolower((unsigned char)*c) : *c);
    }
    buf_csv(out, text.data, text.length, quote);
    buf_free(&text);
}

static void write_line_end(struct csv_stream *stream)
{
    buf_text(&stream->plain, stream->shape.crlf ? "\r\n" : "\n");
}

/* What every line has behind its last value. */
static void write_final_comma(struct csv_stream *stream)
{
    if (stream->shape.trailing_comma)
        buf_char(&stream->plain, ',');
}

static void write_header(struct csv_stream *stream)
{
    if (stream->shape.bom)
        buf_text(&stream->plain, "\xef\xbb\xbf");
    for (size_t i = 0; i < stream->order_count; i++) {
        const char *name = stream->order[i] == ROWS_EXTRA_COLUMN
                               ? "tenantName"
                               : plan_column_name(stream->plan, stream->order[i]);

        if (stream->rule != NULL && stream->rule->columns != NULL) {
            struct json_object *own = json_object_array_get_idx(stream->rule->columns, i);

            name = json_object_is_type(own, json_type_string) ? json_object_get_string(own) : name;
        }
        if (i > 0)
            buf_char(&stream->plain, ',');
        write_header_name(&stream->plain, name, stream->shape.header,
                          stream->shape.quote != CSV_QUOTE_MINIMAL);
    }
    write_final_comma(stream);
}

static void set_order(struct csv_stream *stream)
{
    size_t count = plan_column_count(stream->plan);

    count = count < PLAN_MAX_COLUMNS ? count : PLAN_MAX_COLUMNS;
    for (size_t i = 0; i < count; i++)
        stream->order[i] = stream->shape.columns == CSV_COLUMNS_REVERSED ? count - 1 - i : i;
    if (stream->shape.columns == CSV_COLUMNS_EXTRA)
        stream->order[count++] = ROWS_EXTRA_COLUMN;
    if (stream->shape.columns == CSV_COLUMNS_MISSING && count > 1)
        count--;
    stream->order_count = count;
}

static enum format format_of(const struct csv_shape *shape)
{
    static const enum format formats[] = {[CSV_QUOTE_MINIMAL] = FORMAT_CSV,
                                          [CSV_QUOTE_ALL] = FORMAT_CSV_QUOTED,
                                          [CSV_QUOTE_TEXTS] = FORMAT_CSV_TEXTS};

    return formats[shape->quote];
}

struct csv_stream *csv_stream_make(struct plan *plan, const struct csv_shape *shape, struct script *script,
                                   const struct rule *rule)
{
    struct csv_stream *stream = mem_zero(1, sizeof *stream);

    stream->plan = plan_hold(plan);
    stream->shape = *shape;
    stream->script = script != NULL ? script_hold(script) : NULL;
    stream->rule = rule;
    stream->plain = BUF_MAX((size_t)64 << 20);
    stream->rows = plan->total;
    if (rule != NULL && rule->rows != RULE_NONE && (uint64_t)rule->rows < stream->rows)
        stream->rows = (uint64_t)rule->rows;
    set_order(stream);
    cursor_start(&stream->cursor, plan, format_of(shape), shape->null_text, stream->order,
                 stream->order_count, 0);
    stream->writer =
        (struct row_writer){.cursor = &stream->cursor, .rule = rule, .last = BUF_MAX((size_t)1 << 20)};
    if (shape->gzip && deflateInit2(&stream->zip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return stream;
}

void csv_stream_free(struct csv_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->shape.gzip)
        deflateEnd(&stream->zip);
    row_writer_free(&stream->writer);
    cursor_end(&stream->cursor);
    buf_free(&stream->plain);
    script_release(stream->script);
    plan_release(stream->plan);
    free(stream);
}

/* Makes about a batch of plain bytes; none once the rows are over. */
static void fill(struct csv_stream *stream)
{
    const char *raw = stream->plan->fixed != NULL ? stream->plan->fixed->csv : NULL;

    stream->plain.length = 0;
    stream->plain_taken = 0;
    if (raw != NULL && !stream->header_written)
        buf_text(&stream->plain, raw);
    else if (!stream->header_written)
        write_header(stream);
    stream->header_written = true;
    while (raw == NULL && stream->plain.length < BATCH_BYTES && stream->writer.row < stream->rows) {
        write_line_end(stream);
        row_writer_write(&stream->writer, &stream->plain);
        write_final_comma(stream);
    }
    if (stream->rows_over || (raw == NULL && stream->writer.row < stream->rows))
        return;
    stream->rows_over = true;
    if (raw == NULL && stream->shape.final_newline)
        write_line_end(stream);
    if (stream->rule != NULL && stream->rule->trailing != NULL)
        buf_text(&stream->plain, stream->rule->trailing);
}

static size_t read_plain(struct csv_stream *stream, char *out, size_t room)
{
    if (stream->plain_taken == stream->plain.length && !stream->rows_over)
        fill(stream);
    size_t bytes = stream->plain.length - stream->plain_taken;
    bytes = bytes < room ? bytes : room;
    if (bytes > 0)
        memcpy(out, stream->plain.data + stream->plain_taken, bytes);
    stream->plain_taken += bytes;
    return bytes;
}

static size_t read_zipped(struct csv_stream *stream, char *out, size_t room)
{
    stream->zip.next_out = (unsigned char *)out;
    stream->zip.avail_out = (unsigned)(room < BATCH_BYTES ? room : BATCH_BYTES);
    size_t asked = stream->zip.avail_out;
    while (stream->zip.avail_out == asked && !stream->file_over) {
        if (stream->zip.avail_in == 0 && !stream->rows_over) {
            fill(stream);
            stream->zip.next_in = (unsigned char *)stream->plain.data;
            stream->zip.avail_in = (unsigned)stream->plain.length;
        }
        if (deflate(&stream->zip, stream->rows_over ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_END)
            stream->file_over = true;
    }
    return asked - stream->zip.avail_out;
}

size_t csv_stream_read(struct csv_stream *stream, char *out, size_t room)
{
    return stream->shape.gzip ? read_zipped(stream, out, room) : read_plain(stream, out, room);
}

uint64_t csv_stream_skip(struct csv_stream *stream, uint64_t bytes)
{
    char *dropped = mem_alloc(BATCH_BYTES);
    uint64_t read = 0;
    size_t now = 1;

    while (read < bytes && now > 0) {
        now = csv_stream_read(stream, dropped,
                              bytes - read < BATCH_BYTES ? (size_t)(bytes - read) : BATCH_BYTES);
        read += now;
    }
    free(dropped);
    return read;
}
