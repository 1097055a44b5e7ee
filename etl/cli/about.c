#include "cli/about.h"

#include "base/json_text.h"
#include "version.h"
#include "wire/libraries.h"

void about_put_text(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    buf_print(out, "tokenflex-etl %s (%s)\n", TOKENFLEX_ETL_VERSION, about_revision);
    for (size_t i = 0; i < LIBRARIES; i++)
        buf_print(out, "%-8s %s, compiled for %s\n", libraries[i].name, libraries[i].running,
                  libraries[i].compiled);
}

static void put_member(struct buf *out, const char *before, const char *text)
{
    buf_put(out, before);
    json_text_put(out, text);
}

void about_put_json(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    put_member(out, "{\"version\":", TOKENFLEX_ETL_VERSION);
    put_member(out, ",\"revision\":", about_revision);
    buf_put(out, ",\"libraries\":[");
    for (size_t i = 0; i < LIBRARIES; i++) {
        put_member(out, i ? ",\n{\"name\":" : "\n{\"name\":", libraries[i].name);
        put_member(out, ",\"compiled\":", libraries[i].compiled);
        put_member(out, ",\"running\":", libraries[i].running);
        buf_put(out, "}");
    }
    buf_put(out, "]}\n");
}
