#include "cli/about.h"

#include "base/json_writer.h"
#include "version.h"
#include "wire/libraries.h"

void about_put_text(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    buf_print(out, "tokenflex-etl %s\n", about_version);
    for (size_t i = 0; i < LIBRARIES; i++)
        buf_print(out, "%-8s %s, compiled for %s\n", libraries[i].name, libraries[i].running,
                  libraries[i].compiled);
}

void about_put_json(struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_text(&json, "version", TOKENFLEX_ETL_VERSION);
    json_put_text(&json, "revision", *about_revision ? about_revision : NULL);
    json_begin_array(&json, "libraries");
    for (size_t i = 0; i < LIBRARIES; i++) {
        json_new_line(&json);
        json_begin_object(&json, NULL);
        json_put_text(&json, "name", libraries[i].name);
        json_put_text(&json, "compiled", libraries[i].compiled);
        json_put_text(&json, "running", libraries[i].running);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}
