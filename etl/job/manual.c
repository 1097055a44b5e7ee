#include "job/manual.h"

static const struct manual_key *find_manual(const struct manual_key *manual, const char *path)
{
    for (; manual->path; manual++)
        if (text_equal(manual->path, path))
            return manual;
    return NULL;
}

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

static const char *names_text(const struct key *key, struct arena *arena)
{
    const char *text = "";
    bool may_be_one = key->kind == KEY_NAME_OR_NAMES;
    if (!key->documented)
        return may_be_one ? "a name, or a list of them" : "a list of names";
    for (size_t i = 0; key->documented(i); i++)
        text = join(text, key->documented(i), !key->documented(i + 1), arena);
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
    case KEY_REMOVED:
        break;
    }
    return "";
}

/* What one table adds, and where it hangs. */
struct listing {
    struct arena *arena;
    const struct manual_key *manual;
    struct manual_entries *entries;
};

static void list_table(const struct listing *listing, const struct key *table, const char *prefix,
                       unsigned depth)
{
    struct arena *arena = listing->arena;
    for (const struct key *key = table; key->name; key++) {
        if (key->kind == KEY_REMOVED)
            continue;
        const char *path = arena_print(arena, "%s%s", prefix, key->name);
        const struct manual_key *said = find_manual(listing->manual, path);
        struct manual_entry *entry =
            arena_push(arena, &listing->entries->items, &listing->entries->count, sizeof *entry);
        *entry = (struct manual_entry){
            .key = key,
            .path = path,
            .value = said && said->value ? said->value : value_text(key, arena),
            .fallback = said ? said->fallback : "",
            .text = said ? said->text : "",
            .depth = depth,
        };
        if (key->kind == KEY_MAPPING || key->kind == KEY_MAPPINGS)
            list_table(listing, key->table, arena_print(arena, "%s.", path), depth + 1);
    }
}

struct manual_entries manual_list(const struct key *keys, const struct manual_key *manual,
                                  struct arena *arena)
{
    struct manual_entries entries = {0};
    list_table(&(struct listing){arena, manual, &entries}, keys, "", 0);
    return entries;
}
