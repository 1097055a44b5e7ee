#include "job/keys.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *key_show(const struct yaml_node *node, char *out)
{
    if (node->kind == YAML_MAPPING)
        return strcpy(out, "a mapping");
    if (node->kind == YAML_SEQUENCE)
        return strcpy(out, "a list");
    if (yaml_is_null(node))
        return strcpy(out, "no value");
    if (!*node->text)
        return strcpy(out, "an empty text");
    char text[KEY_SHOWN - 2];
    snprintf(out, KEY_SHOWN, "`%s`", text_excerpt(node->text, strlen(node->text), text, sizeof text));
    return out;
}

const char *key_shorten(const char *name, char *out)
{
    return text_excerpt(name, strlen(name), out, KEY_SHOWN);
}

const char *key_suggestion(struct arena *arena, const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = text_nearest(word, candidates, count);
    return nearest ? arena_print(arena, "; did you mean `%s`?", nearest) : "";
}

void key_refuse(const struct key_value *value, const char *expected)
{
    char shown[KEY_SHOWN];
    finding_error(value->context->findings, value->node->place, "`%s` must be %s, found %s", value->path,
                  expected, key_show(value->node, shown));
}

const char *key_text(const struct key_value *value, const char *expected)
{
    if (value->node->kind == YAML_SCALAR && !yaml_is_null(value->node))
        return value->node->text;
    key_refuse(value, expected);
    return NULL;
}

static size_t table_size(const struct key *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

/* The names of a table, for suggestions and for "known here"; NULL behind the last. */
static struct text_list table_names(struct arena *arena, const struct key *table)
{
    struct text_list names = {arena_alloc(arena, table_size(table) + 1, sizeof *names.items), 0};
    for (; table->name; table++)
        if (table->kind != KEY_REMOVED)
            names.items[names.count++] = table->name;
    return names;
}

/* "a, b or c" */
static const char *join(struct arena *arena, const char *const *names, const char *before_last)
{
    char *text = "";
    for (size_t i = 0; names[i]; i++) {
        const char *glue = i == 0 ? "" : names[i + 1] ? ", " : before_last;
        text = arena_print(arena, "%s%s%s", text, glue, names[i]);
    }
    return text;
}

static void read_text(const struct key_value *value, const struct key *key, const char **member)
{
    const struct yaml_node *node = value->node;
    struct place place = node->place;
    if (node->kind != YAML_SCALAR)
        key_refuse(value, "a text");
    else if (!*node->text && !key->may_be_empty)
        finding_error(value->context->findings, place, "`%s` is empty: give it a value, or remove the key",
                      value->path);
    else
        *member = yaml_is_null(node) ? "" : arena_copy_text(value->context->arena, node->text);
}

static void read_path(const struct key_value *value, const struct key *key, const char **member)
{
    const char *text = NULL;
    const char *home = value->context->home;
    read_text(value, key, &text);
    if (!text)
        return;
    bool names_user = text[0] == '~' && text[1] != '/';
    if (names_user)
        finding_error(value->context->findings, value->node->place,
                      "`%s`: only ~/ means a home directory here: write the path out", value->path);
    else if (text[0] == '~' && (!home || !*home))
        finding_error(value->context->findings, value->node->place,
                      "`%s` begins with ~, but HOME is not set: set it, or write the path out", value->path);
    else
        *member = text[0] == '~' ? arena_print(value->context->arena, "%s%s", home, text + 1) : text;
}

static void read_flag(const struct key_value *value, bool *member)
{
    const char *text = value->node->text;
    bool is_flag =
        value->node->kind == YAML_SCALAR && (text_equal(text, "true") || text_equal(text, "false"));
    if (is_flag)
        *member = text_equal(text, "true");
    else
        key_refuse(value, "true or false");
}

static void read_count(const struct key_value *value, const struct key *key, unsigned *member)
{
    uint64_t count = 0;
    bool is_count = value->node->kind == YAML_SCALAR && text_to_uint(value->node->text, key->most, &count);
    if (is_count && count >= key->least)
        *member = (unsigned)count;
    else
        key_refuse(value, arena_print(value->context->arena, "a whole number from %llu to %llu",
                                      (unsigned long long)key->least, (unsigned long long)key->most));
}

/* Digits, and perhaps a point and more digits: no sign, no exponent, no infinity. */
static bool rate_parse(const char *text, double *rate)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    size_t decimals = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    bool sound =
        whole > 0 && whole + decimals < 20 && (*rest == '\0' || (decimals > 0 && rest[1 + decimals] == '\0'));
    if (sound)
        *rate = strtod(text, NULL);
    return sound;
}

static void read_rate(const struct key_value *value, const struct key *key, double *member)
{
    double rate;
    bool is_rate = value->node->kind == YAML_SCALAR && rate_parse(value->node->text, &rate);
    if (is_rate && rate <= (double)key->most)
        *member = rate;
    else
        key_refuse(value, arena_print(value->context->arena, "a number from 0 to %llu, such as 5 or 0.5",
                                      (unsigned long long)key->most));
}

bool key_percentage(const struct key_value *value, uint64_t most, double *percent)
{
    struct arena *arena = value->context->arena;
    const char *text = value->node->text;
    double read = 0;
    size_t length = value->node->kind == YAML_SCALAR ? strlen(text) : 0;
    bool is_percentage =
        length > 1 && text[length - 1] == '%' && rate_parse(arena_copy(arena, text, length - 1), &read);
    if (is_percentage && read <= (double)most) {
        *percent = read;
        return true;
    }
    key_refuse(value, arena_print(arena, "a percentage from 0%% to %llu%%, such as 50%% or 12.5%%",
                                  (unsigned long long)most));
    return false;
}

static void read_duration(const struct key_value *value, int64_t *member)
{
    int64_t duration_ms = 0;
    bool is_duration = value->node->kind == YAML_SCALAR && duration_parse(value->node->text, &duration_ms);
    if (is_duration && duration_ms > 0)
        *member = duration_ms;
    else
        key_refuse(value, "a duration longer than 0, such as 500ms, 30s, 5m or 2h");
}

static void read_choice(const struct key_value *value, const struct key *key, unsigned *member)
{
    const struct yaml_node *node = value->node;
    size_t count = 0;
    for (; key->choices[count]; count++) {
        if (node->kind == YAML_SCALAR && text_equal(node->text, key->choices[count])) {
            *member = (unsigned)count;
            return;
        }
    }
    struct arena *arena = value->context->arena;
    char shown[KEY_SHOWN];
    if (key->removed_choice && node->kind == YAML_SCALAR && text_equal(node->text, key->removed_choice)) {
        finding_error(value->context->findings, node->place, "`%s: %s` was removed: %s", value->path,
                      key->removed_choice, key->instead);
        return;
    }
    finding_error(value->context->findings, node->place, "`%s` must be %s, found %s%s", value->path,
                  join(arena, key->choices, " or "), key_show(node, shown),
                  node->kind == YAML_SCALAR ? key_suggestion(arena, node->text, key->choices, count) : "");
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return true;
    return false;
}

static void read_item(const struct key_value *value, struct text_list *list)
{
    const struct yaml_node *item = value->node;
    struct findings *findings = value->context->findings;
    if (item->broken)
        return;
    bool is_name =
        item->kind == YAML_SCALAR && !yaml_is_null(item) && *item->text && !has_control(item->text);
    if (!is_name) {
        char shown[KEY_SHOWN];
        finding_error(findings, item->place, "each item of `%s` must be a name, found %s", value->path,
                      key_show(item, shown));
        return;
    }
    if (strlen(item->text) > KEY_MAX_ITEM_BYTES) {
        finding_error(findings, item->place, "an item of `%s` is longer than %d bytes: shorten it",
                      value->path, KEY_MAX_ITEM_BYTES);
        return;
    }
    arena_add_text(value->context->arena, list, arena_copy_text(value->context->arena, item->text));
}

static void read_names(const struct key_value *value, const struct key *key, struct text_list *member)
{
    const struct yaml_node *node = value->node;
    struct text_list list = {0};
    struct findings *findings = value->context->findings;
    if (node->kind == YAML_SCALAR && key->kind == KEY_NAME_OR_NAMES) {
        read_item(value, &list);
    } else if (node->kind != YAML_SEQUENCE) {
        char shown[KEY_SHOWN];
        finding_error(findings, node->place, "`%s` must be a list of names, such as [a, b], found %s",
                      value->path, key_show(node, shown));
        return;
    } else if (node->count == 0 && !key->may_be_empty) {
        finding_error(findings, node->place, "`%s` is an empty list: name something in it, or remove the key",
                      value->path);
        return;
    } else if (node->count > KEY_MAX_ITEMS) {
        finding_error(findings, node->place, "`%s` has %zu items: %d are allowed", value->path, node->count,
                      KEY_MAX_ITEMS);
        return;
    } else {
        for (size_t i = 0; i < node->count; i++)
            read_item(&(struct key_value){value->context, value->path, node->items[i]}, &list);
    }
    *member = list;
}

void key_names(const struct key_value *value, struct text_list *names)
{
    static const struct key list = {.kind = KEY_NAMES};
    read_names(value, &list, names);
}

static void read_mappings(const struct key_value *value, const struct key *key, void *member)
{
    const struct yaml_node *node = value->node;
    if (node->kind != YAML_SEQUENCE || node->count > KEY_MAX_ITEMS) {
        key_refuse(value, arena_print(value->context->arena, "a list of mappings with keys such as `%s:`",
                                      key->table[0].name));
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        if (!node->items[i]->broken)
            key->read(&(struct key_value){value->context, value->path, node->items[i]}, member);
}

static void read_value(const struct key_value *value, const struct key *key, void *member)
{
    bool is_text = key->kind == KEY_TEXT || key->kind == KEY_PATH;
    if (value->node->broken)
        return;
    if (yaml_is_null(value->node) && !(is_text && key->may_be_empty)) {
        finding_error(value->context->findings, value->node->place,
                      "`%s` has no value: give it one, or remove the key", value->path);
        return;
    }
    switch (key->kind) {
    case KEY_TEXT:
        read_text(value, key, member);
        return;
    case KEY_PATH:
        read_path(value, key, member);
        return;
    case KEY_FLAG:
        read_flag(value, member);
        return;
    case KEY_COUNT:
        read_count(value, key, member);
        return;
    case KEY_RATE:
        read_rate(value, key, member);
        return;
    case KEY_PERCENTAGE:
        key_percentage(value, key->most, member);
        return;
    case KEY_DURATION:
        read_duration(value, member);
        return;
    case KEY_CHOICE:
        read_choice(value, key, member);
        return;
    case KEY_NAMES:
    case KEY_NAME_OR_NAMES:
        read_names(value, key, member);
        return;
    case KEY_MAPPING:
        keys_read(value, key->table, member);
        return;
    case KEY_MAPPINGS:
        read_mappings(value, key, member);
        return;
    case KEY_OTHER:
        key->read(value, member);
        return;
    case KEY_REMOVED:
        return;
    }
}

static const struct key *find_key(const struct key *table, const char *name)
{
    for (; table->name; table++)
        if (text_equal(table->name, name))
            return table;
    return NULL;
}

/* Counts the keys of this name in the tables below this one; returns the path to the last one's mapping. */
static const char *find_elsewhere(struct arena *arena, const struct key *table, const char *path,
                                  const char *name, size_t *found)
{
    const struct key *here = find_key(table, name);
    const char *at = "";
    if (here && here->kind != KEY_REMOVED) {
        ++*found;
        at = path;
    }
    for (; table->name; table++)
        if (table->kind == KEY_MAPPING) {
            size_t before = *found;
            const char *inner = arena_print(arena, "%s%s%s", path, *path ? "." : "", table->name);
            const char *where = find_elsewhere(arena, table->table, inner, name, found);
            at = *found > before ? where : at;
        }
    return at;
}

/* "; it belongs to `auth`" for the key of another mapping, if there is only one; else "". */
static const char *tell_where_it_belongs(const struct key_value *mapping, const char *name)
{
    size_t found = 0;
    const struct keys_context *context = mapping->context;
    if (!context->document)
        return "";
    const char *path = find_elsewhere(context->arena, context->document, "", name, &found);
    if (found != 1)
        return "";
    return *path ? arena_print(context->arena, "; it belongs to `%s`", path)
                 : arena_print(context->arena, "; it belongs outside `%s`", mapping->path);
}

static void refuse_unknown(const struct key_value *mapping, const struct yaml_node *key_node,
                           const struct key *table)
{
    char shown[KEY_SHOWN];
    struct arena *arena = mapping->context->arena;
    const char *where = *mapping->path ? arena_print(arena, " in `%s`", mapping->path) : "";
    struct text_list names = table_names(arena, table);
    const char *suggestion = tell_where_it_belongs(mapping, key_node->text);
    if (!*suggestion)
        suggestion = key_suggestion(arena, key_node->text, names.items, names.count);
    if (*suggestion)
        finding_error(mapping->context->findings, key_node->place, "unknown key %s%s%s",
                      key_show(key_node, shown), where, suggestion);
    else
        finding_error(mapping->context->findings, key_node->place, "unknown key %s%s; the keys here are %s",
                      key_show(key_node, shown), where, join(arena, names.items, " and "));
}

/* Whether a key of the mapping that the table does not have is probably a misspelling of this one, so that
 * this one is not reported as missing. */
static bool is_misspelled(const struct key_value *mapping, const struct key *table, const char *name)
{
    const struct yaml_node *root = mapping->node;
    struct text_list names = table_names(mapping->context->arena, table);
    for (size_t i = 0; i < root->count; i++) {
        const char *word = root->keys[i]->text;
        const char *nearest = find_key(table, word) ? NULL : text_nearest(word, names.items, names.count);
        if (nearest && text_equal(nearest, name))
            return true;
    }
    return false;
}

static void refuse_removed(const struct key_value *mapping, const struct yaml_node *key_node,
                           const struct key *key)
{
    const char *dot = *mapping->path ? "." : "";
    finding_error(mapping->context->findings, key_node->place, "`%s%s%s` was removed: %s", mapping->path, dot,
                  key->name, key->instead);
}

static void refuse_kind(const struct key_value *mapping, const struct key *table)
{
    char shown[KEY_SHOWN];
    struct arena *arena = mapping->context->arena;
    const char *what = *mapping->path ? arena_print(arena, "`%s`", mapping->path) : "the document";
    finding_error(mapping->context->findings, mapping->node->place,
                  "%s must be a mapping with keys such as `%s:`, found %s", what, table[0].name,
                  key_show(mapping->node, shown));
}

void keys_read(const struct key_value *mapping, const struct key *table, void *target)
{
    const struct yaml_node *root = mapping->node;
    if (root->broken)
        return;
    if (root->kind != YAML_MAPPING) {
        refuse_kind(mapping, table);
        return;
    }
    for (size_t i = 0; i < root->count; i++) {
        const struct key *key = find_key(table, root->keys[i]->text);
        if (!key)
            refuse_unknown(mapping, root->keys[i], table);
        else if (key->kind == KEY_REMOVED)
            refuse_removed(mapping, root->keys[i], key);
    }
    for (const struct key *key = table; key->name; key++) {
        const struct yaml_node *node = yaml_get(root, key->name);
        const char *dot = *mapping->path ? "." : "";
        const char *path = arena_print(mapping->context->arena, "%s%s%s", mapping->path, dot, key->name);
        if (node && key->kind != KEY_REMOVED)
            read_value(&(struct key_value){mapping->context, path, node}, key, (char *)target + key->at);
        else if (key->required && !is_misspelled(mapping, table, key->name))
            finding_error(mapping->context->findings, root->place, "`%s` is missing: add it, as in `%s`",
                          path, key->example);
    }
}

/* Reads the default of a key as if a file had it. */
static void set_default(const struct keys_context *context, const struct key *key,
                        const struct yaml_source *variables, void *member)
{
    struct yaml_documents documents;
    struct yaml_source source = {
        .file = "defaults",
        .bytes = key->default_value,
        .length = strlen(key->default_value),
        .lookup = variables ? variables->lookup : NULL,
        .lookup_context = variables ? variables->lookup_context : NULL,
    };
    yaml_read(&source, context->arena, context->findings, &documents);
    if (documents.count == 1)
        read_value(&(struct key_value){context, key->name, documents.items[0]}, key, member);
}

void keys_set_defaults(const struct keys_context *context, const struct key *table,
                       const struct yaml_source *variables, void *target)
{
    for (const struct key *key = table; key->name; key++) {
        void *member = (char *)target + key->at;
        if (key->kind == KEY_MAPPING)
            keys_set_defaults(context, key->table, variables, member);
        else if (key->default_value)
            set_default(context, key, variables, member);
    }
}
