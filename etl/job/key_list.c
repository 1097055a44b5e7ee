#include "job/key_list.h"

/* `a, b or c`. */
static const char *join(const char *so_far, const char *next, bool is_last, struct arena *arena)
{
    const char *separator = !*so_far ? "" : is_last ? " or " : ", ";
    return arena_print(arena, "%s%s%s", so_far, separator, next);
}

static const char *choices_text(const struct key *key, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; key->choices[i]; i++)
        text = join(text, key->choices[i], !key->choices[i + 1], arena);
    return text;
}

static const char *documented_text(const struct key *key, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; key->documented(i); i++)
        text = join(text, key->documented(i), !key->documented(i + 1), arena);
    return text;
}

static const char *names_text(const struct key *key, struct arena *arena)
{
    bool may_be_one = key->kind == KEY_NAME_OR_NAMES;
    if (!key->documented)
        return may_be_one ? "a name, or a list of them" : "a list of names";
    const char *text = documented_text(key, arena);
    return arena_print(arena, may_be_one ? "one or a list of %s" : "a list of %s", text);
}

static const char *value_text(const struct key *key, struct arena *arena)
{
    switch (key->kind) {
    case KEY_TEXT:
        return "a text";
    case KEY_PATH:
        return "a path";
    case KEY_FLAG:
        return "true or false";
    case KEY_COUNT:
        return arena_print(arena, "a whole number from %llu to %llu", (unsigned long long)key->least,
                           (unsigned long long)key->most);
    case KEY_RATE:
        return arena_print(arena, "a number from 0 to %llu", (unsigned long long)key->most);
    case KEY_PERCENTAGE:
        return arena_print(arena, "a percentage from 0%% to %llu%%", (unsigned long long)key->most);
    case KEY_DURATION:
        return "a duration";
    case KEY_CHOICE:
        return choices_text(key, arena);
    case KEY_NAMES:
    case KEY_NAME_OR_NAMES:
        return names_text(key, arena);
    case KEY_MAPPING:
        return "a mapping";
    case KEY_MAPPINGS:
        return "a list of mappings";
    case KEY_OTHER:
        return key->documented ? documented_text(key, arena) : "";
    case KEY_REMOVED:
        break;
    }
    return "";
}

static void add_table(const struct key *table, const char *prefix, unsigned depth, struct arena *arena,
                      struct key_entries *entries)
{
    for (const struct key *key = table; key->name; key++) {
        if (key->kind == KEY_REMOVED)
            continue;
        const char *path = arena_print(arena, "%s%s", prefix, key->name);
        struct key_entry *entry = arena_push(arena, &entries->items, &entries->count, sizeof *entry);
        *entry = (struct key_entry){
            .key = key,
            .path = path,
            .value = key->value ? key->value : value_text(key, arena),
            .default_value = key->default_value ? key->default_value : "",
            .text = key->text ? key->text : "",
            .depth = depth,
        };
        if (key->table)
            add_table(key->table, arena_print(arena, "%s.", path), depth + 1, arena, entries);
    }
}

struct key_entries key_list(const struct key *keys, struct arena *arena)
{
    struct key_entries entries = {0};
    add_table(keys, "", 0, arena, &entries);
    return entries;
}

const char *const *key_list_secrets(const struct key *keys, struct arena *arena)
{
    const struct key_entries entries = key_list(keys, arena);
    const char **names = arena_alloc(arena, entries.count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < entries.count; i++)
        if (entries.items[i].key->is_secret)
            names[count++] = entries.items[i].key->name;
    names[count] = NULL;
    return names;
}
