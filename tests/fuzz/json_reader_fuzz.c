/*
 * What the reader accepts, json-c's own parser accepts too once commas before a closing bracket are blanked,
 * with the same structure, strings and numbers; of members with one name, the last one counts, or the
 * document is refused; json_read_cells() reads what json_next() reads.
 */
#include "base/mem.h"
#include "wire/json/json.h"
#include "wire/json/json_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        abort();
}

static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1); /* of its very size: a read past the end is seen */
    memcpy(copy, bytes, length);
    return copy;
}

/* Blanks each comma behind which only white space stands before a bracket or brace. text is known to be good.
 */
static void blank_trailing_commas(char *text, size_t length)
{
    char *comma = NULL;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (in_string) {
            if (byte == '\\')
                i++;
            else if (byte == '"')
                in_string = false;
            continue;
        }
        if (comma && (byte == ']' || byte == '}'))
            *comma = ' ';
        in_string = byte == '"';
        if (byte == ',')
            comma = text + i;
        else if (!strchr(" \t\r\n", byte))
            comma = NULL;
    }
}

static json_object *parse_by_json_c(const char *text, size_t length)
{
    SCOPED(mem) char *strict = mem_alloc(length + 1, 1);
    memcpy(strict, text, length);
    blank_trailing_commas(strict, length);
    struct json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH + 2);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json_object *value = json_tokener_parse_ex(tokener, strict, (int)length + 1);
    must(json_tokener_get_error(tokener) == json_tokener_success);
    json_tokener_free(tokener);
    return value;
}

/* json-c clamps an integer past 64 bits, where json_parse() keeps its text in a double. */
static bool is_clamped(json_object *parsed, json_object *value)
{
    return json_object_is_type(parsed, json_type_double) && json_object_is_type(value, json_type_int) &&
           (json_object_get_int64(value) == INT64_MIN || json_object_get_uint64(value) == UINT64_MAX);
}

static void compare(json_object *parsed, json_object *value);

static void compare_members(json_object *parsed, json_object *value)
{
    must(json_object_object_length(parsed) == json_object_object_length(value));
    json_object_object_foreach(parsed, name, member)
    {
        json_object *other = NULL;
        must(json_object_object_get_ex(value, name, &other));
        compare(member, other);
    }
}

static void compare_elements(json_object *parsed, json_object *value)
{
    size_t count = json_object_array_length(parsed);
    must(count == json_object_array_length(value));
    for (size_t i = 0; i < count; i++)
        compare(json_object_array_get_idx(parsed, i), json_object_array_get_idx(value, i));
}

static void compare(json_object *parsed, json_object *value)
{
    if (is_clamped(parsed, value))
        return;
    must(json_object_get_type(parsed) == json_object_get_type(value));
    if (json_object_is_type(parsed, json_type_object))
        compare_members(parsed, value);
    else if (json_object_is_type(parsed, json_type_array))
        compare_elements(parsed, value);
    else
        must(json_object_equal(parsed, value));
}

static bool is_accepted(const char *bytes, size_t length)
{
    struct err err;
    SCOPED(mem) char *text = copy_bytes(bytes, length);
    struct json_reader reader = json_reader_make(text, length);
    enum json_token token;
    do
        token = json_next(&reader, &err);
    while (token != JSON_FAILED && token != JSON_END);
    return token == JSON_END;
}

static bool is_cell(const struct cell *cell, enum json_token token, const struct json_reader *reader)
{
    static const enum json_token tokens[] = {
        [CELL_NULL] = JSON_NULL, [CELL_TEXT] = JSON_STRING, [CELL_NUMBER] = JSON_NUMBER,
        [CELL_TRUE] = JSON_TRUE, [CELL_FALSE] = JSON_FALSE,
    };
    if (token != tokens[cell->kind])
        return false;
    return (token != JSON_STRING && token != JSON_NUMBER) ||
           (cell->length == reader->bytes_length && memcmp(cell->bytes, reader->bytes, cell->length) == 0);
}

/* A document that is one row: its cells and its tokens are the same, and so is where it ends or fails. */
static void compare_row(const char *bytes, size_t length)
{
    struct err err;
    struct cell cells[8];
    size_t count = 0;
    SCOPED(mem) char *by_cells = copy_bytes(bytes, length);
    SCOPED(mem) char *by_tokens = copy_bytes(bytes, length);
    struct json_reader row = json_reader_make(by_cells, length);
    struct json_reader reader = json_reader_make(by_tokens, length);
    if (json_next(&row, &err) != JSON_ARRAY_BEGIN || json_next(&reader, &err) != JSON_ARRAY_BEGIN)
        return;
    bool is_row = json_read_cells(&row, cells, COUNT_OF(cells), &count, &err);
    enum json_token token;
    size_t read = 0;
    while ((token = json_next(&reader, &err)) >= JSON_STRING) {
        must(!is_row || read >= COUNT_OF(cells) || is_cell(&cells[read], token, &reader));
        read++;
    }
    must(is_row == (token == JSON_ARRAY_END));
    must(!is_row || (read == count && row.at == reader.at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    const char *bytes = (const char *)data;
    compare_row(bytes, size);
    SCOPED(json) json_object *parsed = json_parse_last(bytes, size, &err);
    SCOPED(json) json_object *strict = json_parse(bytes, size, &err);
    must(strict == NULL || json_object_equal(strict, parsed));
    if (!is_accepted(bytes, size)) {
        must(parsed == NULL);
        return 0;
    }
    SCOPED(json) json_object *value = parse_by_json_c(bytes, size);
    must((parsed == NULL) == (value == NULL));
    compare(parsed, value);
    return 0;
}
