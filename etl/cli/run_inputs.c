#include "cli/run_inputs.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "cli/about.h"
#include "cli/output.h"
#include "cli/user_agent.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void run_inputs_cleanup(struct run_inputs *inputs)
{
    inputs_cleanup(&inputs->files);
}

/* The file of the first selected job whose file has errors; NULL: none has. */
static const char *first_broken(const struct run_inputs *inputs)
{
    const struct selection *selection = &inputs->selection;
    for (size_t i = 0; i < selection->count; i++)
        if (inputs_have_errors(&inputs->files, selection->jobs[i]->place.file))
            return selection->jobs[i]->place.file;
    return NULL;
}

static void drop_broken(struct run_inputs *inputs)
{
    size_t kept = 0;
    struct selection *selection = &inputs->selection;
    for (size_t i = 0; i < selection->count; i++)
        if (!inputs_have_errors(&inputs->files, selection->jobs[i]->place.file))
            selection->jobs[kept++] = selection->jobs[i];
    selection->count = kept;
}

/* The job files with errors that would have been used: all of them, or those of the jobs that were named. */
static size_t log_broken(const struct options *options, const struct run_inputs *inputs)
{
    if (options->arguments.count == 0)
        return inputs_log_findings(&inputs->files, NULL);
    size_t broken = 0;
    for (size_t i = 0; i < inputs->selection.count; i++)
        broken += inputs_log_findings(&inputs->files, inputs->selection.jobs[i]->place.file);
    return broken;
}

void run_inputs_read(const struct options *options, enum inputs_secrets secrets, struct run_inputs *inputs)
{
    *inputs = (struct run_inputs){.host = "?"};
    inputs_read(options, secrets, &inputs->files);
    gethostname(inputs->host, sizeof inputs->host - 1);
}

/* ERR_USAGE for --again without --from and --to if no selected job has window.skip_unchanged: nothing would
 * be skipped. */
static bool check_again(const struct options *options, const struct selection *selection, struct err *err)
{
    bool skips = options->window.given;
    for (size_t i = 0; i < selection->count; i++)
        skips |= selection->jobs[i]->window.skip_unchanged;
    return !options->again || skips ||
           err_set(err, ERR_USAGE,
                   "--again repeats the finished chunks of a backfill: give --from and --to too");
}

bool run_inputs_select(const struct options *options, struct run_inputs *inputs, struct err *err)
{
    struct inputs *files = &inputs->files;
    if (inputs_have_errors(files, files->settings_file)) {
        inputs_refuse(files, files->settings_file, err);
        output_refuse(err);
        return err_set(err, ERR_CONFIG, "the settings have errors");
    }
    if (!inputs_select(options, files, &inputs->selection, err) ||
        !check_again(options, &inputs->selection, err)) {
        inputs_log_findings(files, NULL);
        inputs->selection = (struct selection){0};
        output_fail("usage", err);
        return false;
    }
    inputs->broken = log_broken(options, inputs);
    const char *first = options->arguments.count > 0 ? first_broken(inputs) : NULL;
    drop_broken(inputs);
    if (inputs->broken > 0)
        inputs_first_error(files, first, &inputs->refused);
    return true;
}

bool run_inputs_are_refused(const struct run_inputs *inputs)
{
    return inputs->broken > 0 && inputs->selection.count == 0;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names on the command line, each once, in alphabetical order. */
static void put_names(const struct text_list *names, struct arena *arena, struct buf *task)
{
    const char **sorted = arena_alloc(arena, names->count + 1, sizeof *sorted);
    for (size_t i = 0; i < names->count; i++)
        sorted[i] = names->items[i];
    qsort(sorted, names->count, sizeof *sorted, compare_names);
    for (size_t i = 0; i < names->count; i++)
        if (i == 0 || !text_equal(sorted[i], sorted[i - 1]))
            buf_print(task, " %s", sorted[i]);
}

/* The options and jobs of the command line, such as `run --tag nightly`, in a fixed order: hosts of a share
 * that do the same have the same text. Lives in arena. */
static const char *task_of(const struct options *options, struct arena *arena)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    SCOPED(buf) struct buf task = buf_make(BUF_OWN_TEXT);
    buf_put(&task, "run");
    if (options->tag)
        buf_print(&task, " --tag %s", options->tag);
    if (options->window.given)
        buf_print(&task, " --from %s --to %s", date_format(options->window.from, from),
                  date_format(options->window.to, to));
    buf_put(&task, options->again ? " --again" : "");
    buf_put(&task, options->accept ? " --accept" : "");
    put_names(&options->arguments, arena, &task);
    return arena_copy_text(arena, buf_text(&task));
}

struct run_options run_inputs_options(const struct options *options, const struct run_inputs *inputs)
{
    return (struct run_options){
        .settings = &inputs->files.settings,
        .schedule =
            {
                .jobs = inputs->selection.jobs,
                .job_count = inputs->selection.count,
                .window = options->window,
                .today = date_of_wall(clock_wall_ms()),
            },
        .defined = &inputs->files.jobs,
        .defined_is_complete = !inputs_have_errors(&inputs->files, NULL),
        .rebuild = options->rebuild,
        .again = options->again,
        .accept = options->accept,
        .wait_ms = options->wait_ms,
        .task = task_of(options, inputs->files.arena),
        .host = inputs->host,
        .user_agent = USER_AGENT,
        .version = about_version,
    };
}

int run_inputs_combine(const struct run_inputs *inputs, int exit_code)
{
    return inputs->broken ? exit_code_join(exit_code, err_kind_info(ERR_CONFIG)->exit_code) : exit_code;
}
