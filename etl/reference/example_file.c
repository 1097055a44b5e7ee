#include "reference/example_file.h"

#include "base/arena.h"
#include "cli/prose.h"
#include "job/key_list.h"
#include "job/settings_keys.h"

#include <string.h>

static const char head[] =
    "# Settings of tokenflex-etl: every key, with its default unless the comment says otherwise. A key that "
    "a file leaves out has its default.\n"
    "#\n"
    "# Found as --config FILE, $TOKENFLEX_ETL_CONFIG, ./tokenflex-etl.yaml or "
    "/etc/tokenflex-etl/tokenflex-etl.yaml.\n"
    "# ${NAME} and ${NAME:-default} are replaced from the environment, so that the file need not have "
    "secrets.\n";

#define WIDTH 100

/* This key has another default under systemd, so the example does not set it. */
#define LEFT_OUT "auth.token_file"

static bool is_set(const struct key_entry *entry)
{
    return entry->key->kind == KEY_MAPPING || (*entry->default_value && !text_equal(entry->path, LEFT_OUT));
}

/* Keys of the items of a list are left out: the default list is empty. */
static bool is_item(const struct key_entries *entries, size_t index)
{
    size_t i = index;
    while (i > 0 && entries->items[i].depth >= entries->items[index].depth)
        i--;
    return entries->items[i].key->kind == KEY_MAPPINGS &&
           entries->items[i].depth < entries->items[index].depth;
}

/* The text as a comment, in lines of at most WIDTH columns. */
static void put_comment(const char *text, size_t indent, struct buf *out)
{
    const char *word;
    size_t length;
    size_t column = 0;
    struct prose_block block = {.text = text, .length = strlen(text)};
    while (prose_word(&block, &word, &length)) {
        size_t columns = prose_columns(word, length);
        if (column == 0 || column + 1 + columns > WIDTH) {
            buf_print(out, "%s%*s#", column ? "\n" : "", (int)indent, "");
            column = indent + 1;
        }
        buf_print(out, " %.*s", (int)length, word);
        column += 1 + columns;
    }
    buf_put(out, "\n");
}

static void put_key(const struct key_entry *entry, struct buf *out)
{
    size_t indent = (size_t)entry->depth * 2;
    bool is_mapping = entry->key->kind == KEY_MAPPING;
    if (entry->depth == 0)
        buf_put(out, "\n");
    put_comment(entry->text, indent, out);
    buf_print(out, "%*s%s%s:", (int)indent, "", is_set(entry) ? "" : "# ", entry->key->name);
    if (!is_mapping)
        buf_print(out, " %s", *entry->default_value ? entry->default_value : "…");
    buf_put(out, "\n");
}

void example_put(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct key_entries entries = key_list(settings_keys, arena);
    buf_put(out, head);
    for (size_t i = 0; i < entries.count; i++)
        if (!is_item(&entries, i))
            put_key(&entries.items[i], out);
}
