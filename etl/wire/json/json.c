#include "wire/json/json.h"

#include "base/decimal.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/json/json_reader.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

void json_cleanup(json_object **value)
{
    json_object_put(*value);
}

/* The one error after which json_parse() tries again. */
static bool lack_memory(struct err *err)
{
    return err_set(err, ERR_LATER, "the document does not fit into memory");
}

/* One document while it is read. */
struct parsing {
    struct json_reader reader;
    bool takes_last; /* of several members of one name; else they must be equal */
};

static json_object *make_number(const char *bytes, size_t length)
{
    SCOPED(mem) char *text = mem_alloc(length + 1, 1);
    memcpy(text, bytes, length);
    bool whole = !strpbrk(text, ".eE");
    errno = 0;
    int64_t value = strtoll(text, NULL, 10);
    if (whole && errno == 0)
        return json_object_new_int64(value);
    errno = 0;
    uint64_t large = strtoull(text, NULL, 10);
    if (whole && errno == 0 && text[0] != '-')
        return json_object_new_uint64(large);
    return json_object_new_double_s(strtod(text, NULL), text);
}

static bool read_value(struct parsing *parsing, enum json_token token, json_object **value, struct err *err);

static bool read_elements(struct parsing *parsing, json_object *array, struct err *err)
{
    for (;;) {
        enum json_token token = json_next(&parsing->reader, err);
        if (token == JSON_ARRAY_END)
            return true;
        json_object *element = NULL;
        if (!read_value(parsing, token, &element, err))
            return false;
        if (json_object_array_add(array, element) != 0) {
            json_object_put(element);
            return lack_memory(err);
        }
    }
}

/* The name that was read, ended by NUL. Borrowed from the text. */
static const char *end_name(struct json_reader *reader)
{
    char *name = &reader->text[reader->bytes - reader->text];
    name[reader->bytes_length] = '\0';
    return name;
}

static bool is_number(json_object *value)
{
    return json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
}

/* A number that is too long for its canonical form is compared as it was sent. */
static bool is_same_number(json_object *one, json_object *other)
{
    char digits[2][DECIMAL_CANONICAL];
    size_t lengths[2];
    const char *texts[] = {json_text(one), json_text(other)};
    for (size_t i = 0; i < 2; i++)
        if (!decimal_canonical(texts[i], strlen(texts[i]), digits[i], &lengths[i]))
            return text_equal(texts[0], texts[1]);
    return text_equal(digits[0], digits[1]);
}

static bool is_same(json_object *one, json_object *other);

static bool is_same_array(json_object *one, json_object *other)
{
    size_t length = json_object_array_length(one);
    bool same = length == json_object_array_length(other);
    for (size_t i = 0; same && i < length; i++)
        same = is_same(json_object_array_get_idx(one, i), json_object_array_get_idx(other, i));
    return same;
}

static bool is_same_object(json_object *one, json_object *other)
{
    if (json_object_object_length(one) != json_object_object_length(other))
        return false;
    json_object_object_foreach(one, name, member)
    {
        json_object *counterpart;
        if (!json_object_object_get_ex(other, name, &counterpart) || !is_same(member, counterpart))
            return false;
    }
    return true;
}

/* json_object_equal() compares doubles, in which different numbers may be equal. The depth is bounded by the
 * reader. */
static bool is_same(json_object *one, json_object *other)
{
    if (is_number(one) && is_number(other))
        return is_same_number(one, other);
    if (json_object_get_type(one) != json_object_get_type(other))
        return false;
    if (json_object_is_type(one, json_type_array))
        return is_same_array(one, other);
    if (json_object_is_type(one, json_type_object))
        return is_same_object(one, other);
    return json_object_equal(one, other);
}

/* Nothing tells which of two different values is meant. */
static bool check_other(json_object *object, const char *name, json_object *member, size_t value_at,
                        struct err *err)
{
    json_object *other;
    return !json_object_object_get_ex(object, name, &other) || is_same(other, member) ||
           err_set(err, ERR_DATA,
                   "byte %zu: the object has a member of this name already, with another value", value_at);
}

static bool read_members(struct parsing *parsing, json_object *object, struct err *err)
{
    for (;;) {
        enum json_token token = json_next(&parsing->reader, err);
        if (token == JSON_OBJECT_END)
            return true;
        if (token == JSON_FAILED)
            return false;
        const char *name = end_name(&parsing->reader);
        size_t value_at = parsing->reader.at;
        json_object *member = NULL;
        if (!read_value(parsing, json_next(&parsing->reader, err), &member, err))
            return false;
        if (!parsing->takes_last && !check_other(object, name, member, value_at, err)) {
            json_object_put(member);
            return false;
        }
        if (json_object_object_add(object, name, member) != 0) {
            json_object_put(member);
            return lack_memory(err);
        }
    }
}

/* The value whose first token has been read. json-c's null is NULL. */
static bool read_value(struct parsing *parsing, enum json_token token, json_object **value, struct err *err)
{
    SCOPED(json) json_object *made = NULL;
    bool whole = true;
    switch (token) {
    case JSON_FAILED:
        return false;
    case JSON_NULL:
        *value = NULL;
        return true;
    case JSON_OBJECT_BEGIN:
        made = json_object_new_object();
        whole = !made || read_members(parsing, made, err);
        break;
    case JSON_ARRAY_BEGIN:
        made = json_object_new_array();
        whole = !made || read_elements(parsing, made, err);
        break;
    case JSON_STRING:
        made = json_object_new_string_len(parsing->reader.bytes, (int)parsing->reader.bytes_length);
        break;
    case JSON_NUMBER:
        made = make_number(parsing->reader.bytes, parsing->reader.bytes_length);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        made = json_object_new_boolean(token == JSON_TRUE);
        break;
    case JSON_KEY:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_END:
        return err_set(err, ERR_BUG, "the JSON reader returned a token that is not a value");
    }
    if (!whole)
        return false;
    if (!made)
        return lack_memory(err);
    *value = json_object_get(made);
    return true;
}

static bool read_document(struct parsing *parsing, json_object **document, struct err *err)
{
    return read_value(parsing, json_next(&parsing->reader, err), document, err) &&
           json_next(&parsing->reader, err) == JSON_END;
}

static json_object *parse(const char *bytes, size_t length, bool takes_last, struct err *err)
{
    SCOPED(mem) char *text = mem_alloc(length + 1, 1);
    if (length)
        memcpy(text, bytes, length);
    err_clear(err);
    struct parsing parsing = {.reader = json_reader_make(text, length), .takes_last = takes_last};
    SCOPED(json) json_object *document = NULL;
    if (!read_document(&parsing, &document, err)) {
        if (parsing.reader.failed)
            err->kind = ERR_UNAVAILABLE;
        return NULL;
    }
    if (!document)
        (void)err_set(err, ERR_UNAVAILABLE, "byte 0: the document is `null`");
    return json_object_get(document);
}

static json_object *parse_with_memory(const char *bytes, size_t length, bool takes_last, struct err *err)
{
    if (length > INT_MAX) {
        (void)err_set(err, ERR_DATA, "a document of %zu bytes is too large", length);
        return NULL;
    }
    for (;;) {
        json_object *document = parse(bytes, length, takes_last, err);
        if (document || err->kind != ERR_LATER)
            return document;
        mem_make_room();
    }
}

json_object *json_parse(const char *bytes, size_t length, struct err *err)
{
    return parse_with_memory(bytes, length, false, err);
}

json_object *json_parse_last(const char *bytes, size_t length, struct err *err)
{
    return parse_with_memory(bytes, length, true, err);
}

json_object *json_member(json_object *object, const char *member)
{
    json_object *value = NULL;
    return json_object_object_get_ex(object, member, &value) ? value : NULL;
}

/* json-c makes the text of a number when it is requested, and cuts it if there is no memory. So the source
 * text of a double is taken from its user data; the text of an integer always fits. */
const char *json_text(json_object *value)
{
    if (json_object_is_type(value, json_type_double))
        return json_object_get_userdata(value);
    const char *text;
    while (!(text = json_object_get_string(value)))
        mem_make_room();
    return text;
}

const char *json_text_of(json_object *object, const char *member)
{
    json_object *value = json_member(object, member);
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

bool json_uint_of(json_object *object, const char *member, uint64_t *value)
{
    json_object *number = json_member(object, member);
    if (!json_object_is_type(number, json_type_int) || json_object_get_int64(number) < 0)
        return false;
    *value = json_object_get_uint64(number);
    return true;
}

bool json_is_true(json_object *object, const char *member)
{
    json_object *value = json_member(object, member);
    return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}
