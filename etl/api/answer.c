#include "api/answer.h"

#include "base/decimal.h"
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

/* Ceilings of what an answer takes in memory beside its body. A table has at most 1,600 columns; the places
 * of so many values take 128 MiB. */
#define MAX_COLUMNS 10000
#define MAX_PLACES ((size_t)1 << 24)

/* The state of answer_read(). */
struct reading {
    uint64_t offset;
    struct json_reader reader;
    struct arena *arena;
    struct answer *answer;
    bool has_status;
    bool has_columns;
    bool has_rows;
    bool result_was_read;    /* a result has been read; it may lack members */
    unsigned seen;           /* members of the answer: bits by their place in answer_members */
    unsigned seen_in_result; /* the same for result_members */
    bool in_row;             /* the error is inside a row, and the text continues after it */
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
    const struct json_reader *reader = &reading->reader;
    enum json_token token = json_next(&reading->reader, err);
    if (token == JSON_FAILED)
        return false;
    if (token == JSON_NULL)
        return true;
    /* `250.0` and `1.0E7` are how the service writes other whole numbers. */
    bool is_count =
        token == JSON_NUMBER && decimal_to_uint(reader->bytes, reader->bytes_length, ANSWER_MAX_COUNT, count);
    return is_count || wrong(member, "number of rows", err);
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
        if (columns->count == MAX_COLUMNS)
            return err_set(err, ERR_DATA, "the answer has more than %d columns", MAX_COLUMNS);
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
static bool add_row(struct answer *answer, const struct cell *cells, size_t values, const char *body,
                    struct err *err)
{
    size_t stored = stored_values(values);
    size_t needed = answer->place_count + stored + 1;
    if (needed > MAX_PLACES)
        return err_set(err, ERR_DATA, "the answer has more than %zu values", MAX_PLACES);
    if (needed > answer->place_room) {
        answer->place_room = needed < MAX_PLACES / 2 ? 2 * needed : MAX_PLACES;
        answer->places = mem_resize(answer->places, answer->place_room, sizeof *answer->places);
    }
    uint64_t *places = answer->places + answer->place_count;
    *places++ = values;
    for (size_t i = 0; i < stored; i++)
        places[i] = place_of(&cells[i], body);
    answer->place_count += stored + 1;
    answer->row_count++;
    return true;
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
        if (!add_row(reading->answer, cells, values, reader->text, err))
            return false;
    }
    reading->has_rows = true;
    return true;
}

static const char *const answer_members[] = {"status", "id", "detail_uri", "result", NULL};
static const char *const result_members[] = {"columns", "rows", "total", "offset", "limit", NULL};

/* A member that comes twice may contradict itself, and JSON does not say which of the two counts. *seen: the
 * members that have come before. */
static bool check_not_repeated(const struct json_reader *reader, const char *const *members, unsigned *seen,
                               struct err *err)
{
    for (size_t i = 0; members[i]; i++) {
        if (!key_is(reader, members[i]))
            continue;
        if (*seen & 1U << i)
            return err_set(err, ERR_DATA, "the answer%s has `%s` twice",
                           members == result_members ? "'s result" : "", members[i]);
        *seen |= 1U << i;
    }
    return true;
}

static bool read_result_member(struct reading *reading, struct err *err)
{
    struct answer *answer = reading->answer;
    if (!check_not_repeated(&reading->reader, result_members, &reading->seen_in_result, err))
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
    if (!check_not_repeated(&reading->reader, answer_members, &reading->seen, err))
        return false;
    if (key_is(&reading->reader, "status"))
        return read_status(reading, err);
    if (key_is(&reading->reader, "id"))
        return read_text(reading, "id", &answer->id, err);
    if (key_is(&reading->reader, "detail_uri"))
        return read_text(reading, "detail_uri", &answer->detail_uri, err);
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
