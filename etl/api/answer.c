#include "api/answer.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {
    [QUERY_QUEUED] = "QUEUED", [QUERY_PROCESSING] = "PROCESSING", [QUERY_DONE] = "DONE",
    [QUERY_FAILED] = "FAILED", [QUERY_TIMEOUT] = "TIMEOUT",       [QUERY_EXPIRED] = "EXPIRED",
};

const char *query_status_name(enum query_status status)
{
    return status_names[status];
}

/* The state of answer_read(). */
struct reading {
    uint64_t offset;
    struct json_reader reader;
    struct arena *arena;
    struct answer *answer;
    bool has_status;
    bool has_columns;
    bool has_rows;
    bool result_was_read; /* a result has been read; it may lack members */
    unsigned seen;        /* members of the result: bits by their place in result_members */
    bool in_row;          /* the error is inside a row, and the text continues after it */
};

static bool key_is(const struct json_reader *reader, const char *name)
{
    return reader->bytes_length == strlen(name) && memcmp(reader->bytes, name, reader->bytes_length) == 0;
}

static bool wrong(const char *member, const char *wanted, struct err *err)
{
    return err_set(err, ERR_DATA, "the answer's `%s` is not a valid %s", member, wanted);
}

/* The string just read, in the arena. */
static const char *copy_text(const struct reading *reading)
{
    const struct json_reader *reader = &reading->reader;
    char *text = arena_alloc(reading->arena, reader->bytes_length + 1, 1);
    memcpy(text, reader->bytes, reader->bytes_length);
    text[reader->bytes_length] = '\0';
    return text;
}

/* A string member; null leaves *text as it is. */
static bool read_text(struct reading *reading, const char *member, const char **text, struct err *err)
{
    enum json_token token = json_next(&reading->reader, err);
    if (token == JSON_FAILED)
        return false;
    if (token == JSON_NULL)
        return true;
    if (token != JSON_STRING)
        return wrong(member, "text", err);
    *text = copy_text(reading);
    return true;
}

/* A count; null leaves *count as it is. */
static bool read_count(struct reading *reading, const char *member, uint64_t *count, struct err *err)
{
    char digits[24] = {0};
    const struct json_reader *reader = &reading->reader;
    enum json_token token = json_next(&reading->reader, err);
    if (token == JSON_FAILED)
        return false;
    if (token == JSON_NULL)
        return true;
    size_t length = token == JSON_NUMBER ? reader->bytes_length : 0;
    /* `250.0` is how the service writes other whole numbers. */
    if (length > 2 && memcmp(reader->bytes + length - 2, ".0", 2) == 0)
        length -= 2;
    if (length == 0 || length >= sizeof digits)
        return wrong(member, "whole number", err);
    memcpy(digits, reader->bytes, length);
    return text_to_uint(digits, INT64_MAX, count) || wrong(member, "whole number", err);
}

static bool read_status(struct reading *reading, struct err *err)
{
    const char *name = "";
    if (!read_text(reading, "status", &name, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(status_names); i++) {
        if (text_same_name(name, status_names[i])) {
            reading->answer->status = (enum query_status)i;
            reading->has_status = true;
            return true;
        }
    }
    char shown[40];
    return err_set(err, ERR_DATA, "the answer has the status `%s`, which the service does not document",
                   text_excerpt(name, strlen(name), shown, sizeof shown));
}

static bool read_columns(struct reading *reading, struct err *err)
{
    struct text_list *columns = &reading->answer->columns;
    enum json_token token = json_next(&reading->reader, err);
    if (token == JSON_FAILED)
        return false;
    if (token != JSON_ARRAY_BEGIN)
        return wrong("result.columns", "list", err);
    for (;;) {
        token = json_next(&reading->reader, err);
        if (token == JSON_FAILED)
            return false;
        if (token == JSON_ARRAY_END)
            break;
        if (token != JSON_STRING)
            return wrong("result.columns", "list of names", err);
        arena_add_text(reading->arena, columns, copy_text(reading));
    }
    reading->has_columns = true;
    return true;
}

/*
 * A truncated text fails at its end, or in a value that extends to the end: a number, a word, an escape, a
 * character of several bytes. A fault that is followed by more structure was sent by the service, and a
 * repeated request would get it again.
 */
static bool is_cut_short(const struct json_reader *reader)
{
    for (size_t at = reader->failed_at; at < reader->length; at++)
        if (memchr("\",]}", reader->text[at], 4))
            return false;
    return true;
}

/* Adds row and column to the error: the column's name if the columns came before the rows, else its number.
 */
static bool refuse_row(struct reading *reading, size_t column, struct err *err)
{
    const struct answer *answer = reading->answer;
    uint64_t row = reading->offset + answer->row_count + 1;
    if (is_cut_short(&reading->reader))
        return false;
    reading->in_row = true;
    if (!reading->has_columns || column >= answer->columns.count)
        return err_wrap(err, "row %" PRIu64 ", column %zu", row, column + 1);
    char shown[80];
    const char *name = answer->columns.items[column];
    return err_wrap(err, "row %" PRIu64 ", column %s", row,
                    text_excerpt(name, strlen(name), shown, sizeof shown));
}

/*
 * A value's place: its kind in the lowest 3 bits, its length in the next 29, its offset in the body above
 * them.
 */
static uint64_t place_of(const struct cell *cell, const char *body)
{
    bool has_bytes = cell->kind == CELL_TEXT || cell->kind == CELL_NUMBER;
    uint64_t place = (uint64_t)cell->kind;
    return has_bytes ? (uint64_t)(cell->bytes - body) << 32 | (uint64_t)cell->length << 3 | place : place;
}

static struct cell cell_at(uint64_t place, const char *body)
{
    return (struct cell){
        .kind = (enum cell_kind)(place & 7),
        .bytes = body + (place >> 32),
        .length = place >> 3 & ANSWER_MAX_BYTES,
    };
}

static size_t stored_values(size_t values)
{
    return values < ANSWER_MAX_VALUES ? values : ANSWER_MAX_VALUES;
}

/* Notes a row of so many values. */
static void add_row(struct answer *answer, const struct cell *cells, size_t values, const char *body)
{
    size_t stored = stored_values(values);
    if (answer->place_room - answer->place_count < stored + 1) {
        answer->place_room = 2 * answer->place_room + stored + 1;
        answer->places = mem_resize(answer->places, answer->place_room, sizeof *answer->places);
    }
    uint64_t *places = answer->places + answer->place_count;
    *places++ = values;
    for (size_t i = 0; i < stored; i++)
        places[i] = place_of(&cells[i], body);
    answer->place_count += stored + 1;
    answer->row_count++;
}

static bool read_rows(struct reading *reading, struct err *err)
{
    struct json_reader *reader = &reading->reader;
    struct cell cells[ANSWER_MAX_VALUES];
    if (json_next(reader, err) != JSON_ARRAY_BEGIN)
        return reader->failed ? false : wrong("result.rows", "list", err);
    for (;;) {
        enum json_token token = json_next(reader, err);
        if (token == JSON_FAILED)
            return false;
        if (token == JSON_ARRAY_END)
            break;
        if (token != JSON_ARRAY_BEGIN)
            return wrong("result.rows", "list of lists", err);
        size_t values = 0;
        if (!json_read_cells(reader, cells, ANSWER_MAX_VALUES, &values, err))
            return refuse_row(reading, values, err);
        add_row(reading->answer, cells, values, reader->text);
    }
    reading->has_rows = true;
    return true;
}

/* A member that comes twice may contradict itself, and JSON does not say which of the two counts. */
static bool check_not_repeated(struct reading *reading, struct err *err)
{
    static const char *const result_members[] = {"columns", "rows", "total", "offset", "limit"};
    for (size_t i = 0; i < COUNT_OF(result_members); i++) {
        if (!key_is(&reading->reader, result_members[i]))
            continue;
        if (reading->seen & 1U << i)
            return err_set(err, ERR_DATA, "the answer's result has `%s` twice", result_members[i]);
        reading->seen |= 1U << i;
    }
    return true;
}

static bool read_result_member(struct reading *reading, struct err *err)
{
    struct answer *answer = reading->answer;
    if (!check_not_repeated(reading, err))
        return false;
    if (key_is(&reading->reader, "columns"))
        return read_columns(reading, err);
    if (key_is(&reading->reader, "rows"))
        return read_rows(reading, err);
    if (key_is(&reading->reader, "total"))
        return read_count(reading, "result.total", &answer->total, err);
    if (key_is(&reading->reader, "offset"))
        return read_count(reading, "result.offset", &answer->offset, err);
    if (key_is(&reading->reader, "limit"))
        return read_count(reading, "result.limit", &answer->limit, err);
    return json_skip_value(&reading->reader, err);
}

static bool read_result(struct reading *reading, struct err *err)
{
    enum json_token token = json_next(&reading->reader, err);
    if (token == JSON_FAILED)
        return false;
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_BEGIN)
        return wrong("result", "object", err);
    for (;;) {
        token = json_next(&reading->reader, err);
        if (token == JSON_FAILED)
            return false;
        if (token == JSON_OBJECT_END)
            break;
        if (!read_result_member(reading, err))
            return false;
    }
    reading->result_was_read = true;
    return true;
}

/* What the result lacks; NULL: nothing. */
static const char *lacking(const struct reading *reading)
{
    if (!reading->has_columns)
        return "columns";
    if (!reading->has_rows)
        return "rows";
    return reading->answer->total == ANSWER_UNNAMED ? "total" : NULL;
}

/* Only the answer that says DONE must have a complete result. */
static bool check_result(const struct reading *reading, struct err *err)
{
    const char *lacks = reading->result_was_read ? lacking(reading) : NULL;
    reading->answer->has_result = reading->result_was_read && !lacks;
    return !lacks || reading->answer->status != QUERY_DONE ||
           err_set(err, ERR_DATA, "the answer's result lacks `%s`", lacks);
}

/* The service's message about a failure; one that is no text is left out. */
static bool read_message(struct reading *reading, struct err *err)
{
    struct json_reader *reader = &reading->reader;
    unsigned depth = reader->depth;
    enum json_token token = json_next(reader, err);
    if (token == JSON_STRING)
        reading->answer->message = copy_text(reading);
    while (token != JSON_FAILED && reader->depth > depth)
        token = json_next(reader, err);
    return token != JSON_FAILED;
}

static bool read_member(struct reading *reading, struct err *err)
{
    struct answer *answer = reading->answer;
    if (key_is(&reading->reader, "status"))
        return read_status(reading, err);
    if (key_is(&reading->reader, "id"))
        return read_text(reading, "id", &answer->id, err);
    if (key_is(&reading->reader, "detail_uri"))
        return read_text(reading, "detail_uri", &answer->detail_uri, err);
    if (key_is(&reading->reader, "result") && reading->result_was_read)
        return err_set(err, ERR_DATA, "the answer has `result` twice");
    if (key_is(&reading->reader, "result"))
        return read_result(reading, err);
    if (key_is(&reading->reader, "Message") || key_is(&reading->reader, "message"))
        return read_message(reading, err);
    return json_skip_value(&reading->reader, err);
}

static bool read_members(struct reading *reading, struct err *err)
{
    enum json_token token = json_next(&reading->reader, err);
    if (token != JSON_OBJECT_BEGIN)
        return token == JSON_FAILED ? false : err_set(err, ERR_UNAVAILABLE, "it is not an object");
    while ((token = json_next(&reading->reader, err)) == JSON_KEY)
        if (!read_member(reading, err))
            return false;
    return token == JSON_OBJECT_END && json_next(&reading->reader, err) == JSON_END;
}

bool answer_read(const struct answer_source *source, struct answer *answer, struct err *err)
{
    struct reading reading = {.arena = source->arena, .answer = answer, .offset = source->offset};
    *answer = (struct answer){.total = ANSWER_UNNAMED, .offset = ANSWER_UNNAMED, .limit = ANSWER_UNNAMED};
    if (source->body->length > ANSWER_MAX_BYTES)
        return err_set(err, ERR_DATA, "the answer has more than %zu bytes", ANSWER_MAX_BYTES);
    reading.reader = json_reader_make(source->body->bytes, source->body->length);
    if (!read_members(&reading, err)) {
        if (!reading.reader.failed || reading.in_row)
            return false;
        err->kind = ERR_UNAVAILABLE;
        return err_wrap(err, "the answer is not JSON");
    }
    if (!reading.has_status)
        return err_set(err, ERR_DATA, "the answer has no status");
    return check_result(&reading, err);
}

void answer_release(struct answer *answer)
{
    free(answer->places);
    *answer = (struct answer){0};
}

struct answer_rows answer_rows_begin(const struct answer *answer, const struct buf *body, struct cell *cells,
                                     size_t width)
{
    return (struct answer_rows){.answer = answer, .body = body->bytes, .cells = cells, .width = width};
}

bool answer_next_row(struct answer_rows *rows, size_t *count)
{
    const struct answer *answer = rows->answer;
    if (rows->next == answer->place_count)
        return false;
    *count = (size_t)answer->places[rows->next];
    const uint64_t *places = answer->places + rows->next + 1;
    size_t stored = stored_values(*count);
    for (size_t i = 0; i < stored && i < rows->width; i++)
        rows->cells[i] = cell_at(places[i], rows->body);
    rows->next += stored + 1;
    return true;
}
