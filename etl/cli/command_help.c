#include "cli/commands.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"

static const struct help_topic *find_topic(const char *name)
{
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        if (text_equal(topic->name, name))
            return topic;
    return NULL;
}

int command_help(const struct options *options)
{
    struct err err = {0};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    const struct text_list *words = &options->arguments;
    const struct help_topic *topic = words->count == 1 ? find_topic(words->items[0]) : NULL;
    const struct command *command = NULL;
    if (words->count > 1) {
        err_set(&err, ERR_USAGE, "`help` is followed by one word: a command, settings, job or metrics");
        return output_fail("usage", &err);
    }
    if (topic) {
        help_put_topic(topic, &out);
        return output_end(&out, 0);
    }
    if (words->count == 1 && text_equal(words->items[0], "metrics")) {
        help_put_metrics(&out);
        return output_end(&out, 0);
    }
    if (words->count == 1) {
        command = command_find(words->items[0], &err);
        if (!command)
            return output_fail("usage", &err);
    }
    help_put(command, &out);
    return output_end(&out, 0);
}
