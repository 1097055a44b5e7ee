#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_object *json_read(const char *text)
{
    struct json_tokener *tokener = json_tokener_new_ex(64);
    size_t length = strlen(text);

    if (tokener == NULL || length > (size_t)64 << 20)
        abort();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *value = json_tokener_parse_ex(tokener, text, (int)length + 1);
    if (json_tokener_get_error(tokener) != json_tokener_success) {
        json_object_put(value);
        value = NULL;
    }
    json_tokener_free(tokener);
    return value;
}

struct json_object *json_member(struct json_object *object, const char *name)
{
    struct json_object *member = NULL;

    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, name, &member);
    return member;
}

const char *json_text(struct json_object *object, const char *name, const char *otherwise)
{
    struct json_object *member = json_member(object, name);

    return json_object_is_type(member, json_type_string) ? json_object_get_string(member) : otherwise;
}

int64_t json_number(struct json_object *object, const char *name, int64_t otherwise)
{
    struct json_object *member = json_member(object, name);

    if (json_object_is_type(member, json_type_int) || json_object_is_type(member, json_type_double))
        return json_object_get_int64(member);
    return otherwise;
}

double json_real(struct json_object *object, const char *name, double otherwise)
{
    struct json_object *member = json_member(object, name);

    if (json_object_is_type(member, json_type_int) || json_object_is_type(member, json_type_double))
        return json_object_get_double(member);
    return otherwise;
}

bool json_flag(struct json_object *object, const char *name, bool otherwise)
{
    struct json_object *member = json_member(object, name);

    return json_object_is_type(member, json_type_boolean) ? json_object_get_boolean(member) : otherwise;
}

struct json_object *json_list(struct json_object *object, const char *name)
{
    struct json_object *member = json_member(object, name);

    return json_object_is_type(member, json_type_array) ? member : NULL;
}

const char **json_texts(struct json_object *array, size_t *count)
{
    *count = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
    const char **texts = mem_zero(*count + 1, sizeof *texts);

    for (size_t i = 0; i < *count; i++) {
        struct json_object *member = json_object_array_get_idx(array, i);

        if (!json_object_is_type(member, json_type_string)) {
            free(texts);
            return NULL;
        }
        texts[i] = json_object_get_string(member);
    }
    return texts;
}

const char *json_merge(struct json_object *object, struct json_object *change, const char *open)
{
    static _Thread_local char path[256];

    json_object_object_foreach(change, name, value)
    {
        struct json_object *present = NULL;
        bool known = json_object_object_get_ex(object, name, &present) || open == NULL;

        if (!known) {
            snprintf(path, sizeof path, "%s", name);
            return path;
        }
        if (json_object_is_type(present, json_type_object) && json_object_is_type(value, json_type_object)) {
            const char *below =
                json_merge(present, value, open == NULL || strcmp(open, name) == 0 ? NULL : open);
            char whole[256];

            if (below != NULL) {
                snprintf(whole, sizeof whole, "%.100s.%.100s", name, below);
                memcpy(path, whole, sizeof path);
                return path;
            }
        } else {
            struct json_object *copy = NULL;

            if (value != NULL && json_object_deep_copy(value, &copy, NULL) != 0)
                abort();
            json_object_object_add(object, name, copy);
        }
    }
    return NULL;
}
