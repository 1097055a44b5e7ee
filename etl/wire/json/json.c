#include "wire/json/json.h"

#include "base/mem.h"
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

static bool read_value(struct json_reader *reader, enum json_token token, json_object **value,
                       struct err *err);

static bool read_elements(struct json_reader *reader, json_object *array, struct err *err)
{
    for (;;) {
        enum json_token token = json_next(reader, err);
        if (token == JSON_ARRAY_END)
            return true;
        json_object *element = NULL;
        if (!read_value(reader, token, &element, err))
            return false;
        if (json_object_array_add(array, element) != 0) {
            json_object_put(element);
            return lack_memory(err);
        }
    }
}

static bool read_members(struct json_reader *reader, json_object *object, struct err *err)
{
    for (;;) {
        enum json_token token = json_next(reader, err);
        if (token == JSON_OBJECT_END)
            return true;
        if (token == JSON_FAILED)
            return false;
        const char *name = reader->bytes;
        reader->text[(size_t)(name - reader->text) + reader->bytes_length] = '\0';
        json_object *member = NULL;
        if (!read_value(reader, json_next(reader, err), &member, err))
            return false;
        if (json_object_object_add(object, name, member) != 0) {
            json_object_put(member);
            return lack_memory(err);
        }
    }
}

/* The value whose first token has been read. json-c's null is NULL. */
static bool read_value(struct json_reader *reader, enum json_token token, json_object **value,
                       struct err *err)
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
        whole = !made || read_members(reader, made, err);
        break;
    case JSON_ARRAY_BEGIN:
        made = json_object_new_array();
        whole = !made || read_elements(reader, made, err);
        break;
    case JSON_STRING:
        made = json_object_new_string_len(reader->bytes, (int)reader->bytes_length);
        break;
    case JSON_NUMBER:
        made = make_number(reader->bytes, reader->bytes_length);
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

static json_object *parse(const char *bytes, size_t length, struct err *err)
{
    SCOPED(mem) char *text = mem_alloc(length + 1, 1);
    if (length)
        memcpy(text, bytes, length);
    err_clear(err);
    struct json_reader reader = json_reader_make(text, length);
    SCOPED(json) json_object *document = NULL;
    if (!read_value(&reader, json_next(&reader, err), &document, err))
        return NULL;
    if (json_next(&reader, err) != JSON_END)
        return NULL;
    if (!document)
        (void)err_set(err, ERR_DATA, "byte 0: the document is `null`");
    return json_object_get(document);
}

json_object *json_parse(const char *bytes, size_t length, struct err *err)
{
    if (length > INT_MAX) {
        (void)err_set(err, ERR_DATA, "a document of %zu bytes is too large", length);
        return NULL;
    }
    for (;;) {
        json_object *document = parse(bytes, length, err);
        if (document || err->kind != ERR_LATER)
            return document;
        mem_make_room();
    }
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
