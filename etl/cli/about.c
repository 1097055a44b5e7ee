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

void about_put_json(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    buf_put(out, "{");
    json_text_add(out, "version", TOKENFLEX_ETL_VERSION);
    json_text_add(out, "revision", about_revision);
    buf_put(out, ",\"libraries\":[");
    for (size_t i = 0; i < LIBRARIES; i++) {
        buf_put(out, i ? ",\n{" : "\n{");
        json_text_add(out, "name", libraries[i].name);
        json_text_add(out, "compiled", libraries[i].compiled);
        json_text_add(out, "running", libraries[i].running);
        buf_put(out, "}");
    }
    buf_put(out, "]}\n");
}
