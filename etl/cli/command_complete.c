#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"

#include <string.h>

/* One name a line, with a tab and a description that the shell may show. Only the jobs of invalid files are
 * missing.
 */
static void put_jobs(const struct inputs *inputs, struct buf *out)
{
    char excerpt[96];
    for (size_t i = 0; i < inputs->jobs.count; i++) {
        const struct job *job = &inputs->jobs.items[i];
        const char *text = job->description ? job->description : "";
        buf_print(out, "%s\t%s\n", job->name, text_excerpt(text, strlen(text), excerpt, sizeof excerpt));
    }
}

static void put_tags(const struct inputs *inputs, struct buf *out)
{
    struct text_list shown = {0};
    for (size_t i = 0; i < inputs->jobs.count; i++) {
        const struct text_list *tags = &inputs->jobs.items[i].tags;
        for (size_t k = 0; k < tags->count; k++) {
            if (text_list_has(&shown, tags->items[k]))
                continue;
            *(const char **)arena_push(inputs->arena, &shown.items, &shown.count, sizeof(char *)) =
                tags->items[k];
            buf_print(out, "%s\n", tags->items[k]);
        }
    }
}

int command_complete(const struct options *options)
{
    struct err err = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    const char *what = options->arguments.count == 1 ? options->arguments.items[0] : "";
    bool jobs = text_equal(what, "jobs");
    if (!jobs && !text_equal(what, "tags")) {
        err_set(&err, ERR_USAGE, "`complete` is followed by jobs or tags");
        return output_fail("usage", &err);
    }
    inputs_read_jobs(options, &inputs);
    if (jobs)
        put_jobs(&inputs, &out);
    else
        put_tags(&inputs, &out);
    return output_end(&out, 0);
}
