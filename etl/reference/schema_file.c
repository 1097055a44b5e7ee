#include "reference/schema_file.h"

#include "base/arena.h"
#include "job/catalogue.h"
#include "job/exclusion.h"
#include "job/job.h"
#include "job/job_keys.h"
#include "job/key_list.h"

#include <json-c/json.h>
#include <string.h>

/* A value is written on one line if it fits this width. */
#define WIDTH 120

static struct json_object *make_object(const char *name, struct json_object *value)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, name, value);
    return object;
}

static struct json_object *make_text(const char *text)
{
    return json_object_new_string(text);
}

static struct json_object *make_reference(const char *definition, struct arena *arena)
{
    return make_object("$ref", make_text(arena_print(arena, "#/$defs/%s", definition)));
}

static struct json_object *make_any_of(struct json_object *one, struct json_object *other)
{
    struct json_object *list = json_object_new_array();
    json_object_array_add(list, one);
    json_object_array_add(list, other);
    return make_object("anyOf", list);
}

/* Most values may be a variable, which the program replaces before it checks the value. */
static struct json_object *make_or_variable(struct json_object *shape, struct arena *arena)
{
    return make_any_of(shape, make_reference("variable", arena));
}

static struct json_object *make_choices(const struct key *key)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; key->choices[i]; i++)
        json_object_array_add(list, make_text(key->choices[i]));
    return make_object("enum", list);
}

static struct json_object *make_count(const struct key *key)
{
    struct json_object *shape = make_object("type", make_text("integer"));
    json_object_object_add(shape, "minimum", json_object_new_int64((int64_t)key->least));
    json_object_object_add(shape, "maximum", json_object_new_int64((int64_t)key->most));
    return shape;
}

static struct json_object *make_documented(const struct key *key)
{
    struct json_object *names = json_object_new_array();
    for (size_t i = 0; key->documented(i); i++)
        json_object_array_add(names, make_text(key->documented(i)));
    return make_object("enum", names);
}

static struct json_object *make_any_names(struct arena *arena)
{
    struct json_object *shape = make_object("type", make_text("array"));
    json_object_object_add(shape, "items", make_reference("name", arena));
    return shape;
}

/* The documented names are a hint for editors: others are taken too. */
static struct json_object *make_one_or_names(const struct key *key, struct arena *arena)
{
    struct json_object *list = key->may_be_empty ? make_any_names(arena) : make_reference("names", arena);
    struct json_object *shape = make_any_of(make_reference("name", arena), list);
    if (key->documented)
        json_object_object_add(shape, "items",
                               make_any_of(make_documented(key), make_reference("name", arena)));
    return shape;
}

/* The shape of the values of a key, by its kind; NULL: the template has it. */
static struct json_object *make_shape(const struct key *key, struct arena *arena)
{
    switch (key->kind) {
    case KEY_TEXT:
    case KEY_PATH:
        return make_object("type", make_text("string"));
    case KEY_FLAG:
        return make_or_variable(make_object("type", make_text("boolean")), arena);
    case KEY_COUNT:
        return make_or_variable(make_count(key), arena);
    case KEY_DURATION:
        return make_or_variable(make_reference("duration", arena), arena);
    case KEY_CHOICE:
        return make_or_variable(make_choices(key), arena);
    case KEY_NAMES:
        return make_reference("names", arena);
    case KEY_NAME_OR_NAMES:
        return make_one_or_names(key, arena);
    case KEY_MAPPING:
        return make_object("type", make_text("object"));
    case KEY_OTHER:
        return key->documented ? make_or_variable(make_documented(key), arena) : NULL;
    case KEY_RATE:
    case KEY_PERCENTAGE:
    case KEY_MAPPINGS:
    case KEY_REMOVED:
        break;
    }
    return NULL;
}

/* The default of a key as the value that it is in YAML. */
static struct json_object *make_default(const struct key_entry *entry)
{
    bool is_bare = entry->key->kind == KEY_FLAG || entry->key->kind == KEY_COUNT;
    return is_bare ? json_tokener_parse(entry->default_value) : make_text(entry->default_value);
}

static void merge(struct json_object *into, struct json_object *from)
{
    json_object_object_foreach(from, name, value) json_object_object_add(into, name, json_object_get(value));
}

/* The member of the template's `shapes` or `rules` for a key; NULL: there is none. */
static struct json_object *find_part(struct json_object *part, const char *path)
{
    struct json_object *found = NULL;
    json_object_object_get_ex(part, path, &found);
    return found;
}

/* The state of the schema that is being made. */
struct making {
    struct arena *arena;
    struct json_object *shapes;
    struct json_object *rules;
    size_t shapes_used;
};

/* Allows no keys in a mapping but those of its table, which are added later. */
static void close_mapping(struct json_object *mapping, const struct key *keys)
{
    struct json_object *required = json_object_new_array();
    for (const struct key *key = keys; key->name; key++)
        if (key->required)
            json_object_array_add(required, make_text(key->name));
    json_object_object_add(mapping, "additionalProperties", json_object_new_boolean(false));
    if (json_object_array_length(required) > 0)
        json_object_object_add(mapping, "required", required);
    else
        json_object_put(required);
    json_object_object_add(mapping, "properties", json_object_new_object());
}

static struct json_object *make_key(struct making *making, const struct key_entry *entry, struct err *err)
{
    struct json_object *given = find_part(making->shapes, entry->path);
    struct json_object *rule = find_part(making->rules, entry->path);
    struct json_object *shape = given ? json_object_get(given) : make_shape(entry->key, making->arena);
    if (!shape) {
        err_set(err, ERR_BUG, "the template of the schema has no shape for `%s`", entry->path);
        return NULL;
    }
    struct json_object *key = make_object("description", make_text(entry->text));
    making->shapes_used += given != NULL;
    merge(key, shape);
    json_object_put(shape);
    if (*entry->default_value)
        json_object_object_add(key, "default", make_default(entry));
    if (entry->key->kind == KEY_MAPPING)
        close_mapping(key, entry->key->table);
    if (rule)
        merge(key, rule);
    return key;
}

/* The mapping of a key at this depth is the last one that was added above it. */
#define MAX_DEPTH 4

static bool put_keys(struct making *making, struct json_object *root, struct err *err)
{
    struct json_object *mappings[MAX_DEPTH + 1] = {root};
    const struct key_entries entries = key_list(job_keys, making->arena);
    close_mapping(root, job_keys);
    for (size_t i = 0; i < entries.count; i++) {
        const struct key_entry *entry = &entries.items[i];
        struct json_object *key = make_key(making, entry, err);
        if (!key)
            return false;
        if (entry->depth >= MAX_DEPTH)
            return err_set(err, ERR_BUG, "`%s` is deeper than the schema goes", entry->path);
        struct json_object *properties = find_part(mappings[entry->depth], "properties");
        json_object_object_add(properties, entry->key->name, key);
        mappings[entry->depth + 1] = key;
    }
    return making->shapes_used == (size_t)json_object_object_length(making->shapes) ||
           err_set(err, ERR_BUG, "the template of the schema has a shape for a key that there is not");
}

/* {"properties":{NAME: value}} for the last name of a path, within that for the names before it. */
static struct json_object *make_at(const char *path, bool is_required, struct json_object *value,
                                   struct arena *arena)
{
    size_t length = strcspn(path, ".");
    const char *name = arena_print(arena, "%.*s", (int)length, path);
    struct json_object *inner = path[length] ? make_at(path + length + 1, is_required, value, arena) : value;
    struct json_object *shape = make_object("properties", make_object(name, inner));
    if (is_required) {
        struct json_object *required = json_object_new_array();
        json_object_array_add(required, make_text(name));
        json_object_object_add(shape, "required", required);
    }
    return shape;
}

/* The keys that do not go with a value of another key. */
static void put_exclusions(struct json_object *root, struct arena *arena)
{
    struct json_object *rules = json_object_new_array();
    for (const struct exclusion *each = exclusions; each->key; each++) {
        const char *dot = each->excluded ? "." : "";
        const char *path =
            arena_print(arena, "%s%s%s", each->section, dot, each->excluded ? each->excluded : "");
        struct json_object *value = make_object("const", make_text(each->value));
        struct json_object *rule = make_object("if", make_at(each->key, true, value, arena));
        json_object_object_add(rule, "then", make_at(path, false, json_object_new_boolean(false), arena));
        json_object_array_add(rules, rule);
    }
    json_object_object_add(root, "allOf", rules);
}

static void put_names(struct json_object *definitions, const char *definition,
                      const char *(*name)(size_t index))
{
    struct json_object *names = json_object_new_array();
    for (size_t i = 0; name(i); i++)
        json_object_array_add(names, make_text(name(i)));
    json_object_object_add(definitions, definition, make_object("enum", names));
}

/* The definitions that are lists of the program. */
static void put_lists(struct json_object *definitions)
{
    size_t count;
    const struct catalogue_entry *entries = catalogue_all(&count);
    struct json_object *fields = json_object_new_array();
    struct json_object *metrics = json_object_new_array();
    for (size_t i = 0; i < count; i++)
        json_object_array_add(entries[i].is_metric ? metrics : fields, make_text(entries[i].name));
    json_object_object_add(definitions, "field", make_object("enum", fields));
    json_object_object_add(definitions, "metric", make_object("enum", metrics));
    put_names(definitions, "column_type", column_type_spelling);
    put_names(definitions, "reserved_column", job_reserved_column);
}

static void put_value(struct json_object *value, size_t indent, struct buf *out);

static void put_line_start(size_t indent, bool is_first, struct buf *out)
{
    buf_print(out, "%s\n%*s", is_first ? "" : ",", (int)indent, "");
}

static void put_members(struct json_object *object, size_t indent, struct buf *out)
{
    bool is_first = true;
    buf_put(out, "{");
    json_object_object_foreach(object, name, value)
    {
        put_line_start(indent + 2, is_first, out);
        buf_print(out, "\"%s\": ", name);
        put_value(value, indent + 2, out);
        is_first = false;
    }
    buf_print(out, "\n%*s}", (int)indent, "");
}

static void put_items(struct json_object *list, size_t indent, struct buf *out)
{
    buf_put(out, "[");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        put_line_start(indent + 2, i == 0, out);
        put_value(json_object_array_get_idx(list, i), indent + 2, out);
    }
    buf_print(out, "\n%*s]", (int)indent, "");
}

static void put_value(struct json_object *value, size_t indent, struct buf *out)
{
    const char *text =
        json_object_to_json_string_ext(value, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    bool is_object = json_object_is_type(value, json_type_object);
    bool is_list = json_object_is_type(value, json_type_array);
    if ((!is_object && !is_list) || indent + strlen(text) < WIDTH)
        buf_put(out, text);
    else if (is_object)
        put_members(value, indent, out);
    else
        put_items(value, indent, out);
}

bool schema_put(const char *template_path, struct buf *out, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct json_object *root = json_object_from_file(template_path);
    if (!root)
        return err_set(err, ERR_CONFIG, "%s: %s", template_path, json_util_get_last_err());
    struct making making = {
        .arena = arena,
        .shapes = json_object_get(find_part(root, "shapes")),
        .rules = json_object_get(find_part(root, "rules")),
    };
    struct json_object *definitions = json_object_get(find_part(root, "$defs"));
    json_object_object_del(root, "shapes");
    json_object_object_del(root, "rules");
    json_object_object_del(root, "$defs");
    bool good = put_keys(&making, root, err);
    put_exclusions(root, arena);
    put_lists(definitions);
    json_object_object_add(root, "$defs", definitions);
    put_members(root, 0, out);
    buf_put(out, "\n");
    json_object_put(making.shapes);
    json_object_put(making.rules);
    json_object_put(root);
    return good;
}
