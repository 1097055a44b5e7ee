#include "base/arena.h"
#include "job/key_list.h"
#include "reference/man_page.h"
#include "reference/roff.h"

static void put_entry(const struct key_entry *entry, struct arena *arena, struct buf *out)
{
    const char *fallback =
        *entry->default_value ? arena_print(arena, "; default: `%s`", entry->default_value) : "";
    const char *required = entry->key->required ? "; required" : "";
    if (entry->key->kind == KEY_MAPPING)
        roff_put_item(arena_print(arena, "`%s`%s", entry->path, entry->key->required ? " (required)" : ""),
                      entry->text, out);
    else
        roff_put_item(arena_print(arena, "`%s` (%s%s%s)", entry->path, entry->value, fallback, required),
                      entry->text, out);
}

void man_page_put_file(const struct help_topic *topic, struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct key_entries entries = key_list(topic->keys, arena);
    roff_put_title(topic->page, '5', out);
    roff_put_section("NAME", out);
    roff_put_inline(topic->page, out);
    buf_print(out, " \\- %s\n", topic->summary);
    roff_put_section("DESCRIPTION", out);
    roff_put_prose(topic->description, out);
    roff_put_section("KEYS", out);
    for (size_t i = 0; i < entries.count; i++)
        put_entry(&entries.items[i], arena, out);
    roff_put_section("FILES", out);
    roff_put_prose(topic->files, out);
    roff_put_section("EXAMPLES", out);
    roff_put_prose(topic->examples, out);
    roff_put_section("SEE ALSO", out);
    buf_put(out, ".BR tokenflex\\-etl (1)");
    for (const struct help_topic *other = help_topics; other->name; other++) {
        if (other == topic)
            continue;
        buf_put(out, ",\n.BR ");
        roff_put_inline(other->page, out);
        buf_put(out, " (5)");
    }
    buf_put(out, "\n");
}
