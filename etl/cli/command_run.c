#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "run/report.h"
#include "run/runner.h"
#include "version.h"

#include <unistd.h>

/* The jobs whose files are sound; the others fail, each with its findings, and stop nobody. */
static void drop_broken(const struct inputs *inputs, struct selection *selection)
{
    size_t kept = 0;
    for (size_t i = 0; i < selection->count; i++)
        if (!inputs_have_errors(inputs, selection->jobs[i]->place.file))
            selection->jobs[kept++] = selection->jobs[i];
    selection->count = kept;
}

/* The job files with errors that this run would have used: all of them, or those of the jobs that were named.
 */
static size_t log_broken(const struct options *options, const struct inputs *inputs,
                         const struct selection *selection)
{
    if (options->arguments.count == 0)
        return inputs_log_findings(inputs, NULL);
    size_t broken = 0;
    for (size_t i = 0; i < selection->count; i++)
        broken += inputs_log_findings(inputs, selection->jobs[i]->place.file);
    return broken;
}

static bool run_selected(const struct inputs *inputs, const struct options *options,
                         const struct selection *selection, struct run_outcome *outcome, struct err *err)
{
    char host[256] = "?";
    gethostname(host, sizeof host - 1);
    struct run_options run_options = {
        .settings = &inputs->settings,
        .agenda =
            {
                .jobs = selection->jobs,
                .job_count = selection->count,
                .window = options->window,
                .today = date_of_wall(clock_wall_ms()),
            },
        .rebuild = options->rebuild,
        .again = options->again,
        .host = host,
        .user_agent = "tokenflex-etl/" TOKENFLEX_ETL_VERSION,
    };
    *outcome = (struct run_outcome){0};
    return selection->count == 0 || run_jobs(&run_options, inputs->arena, outcome, err);
}

static int combine(int ran, size_t broken)
{
    int config = err_kind_info(ERR_CONFIG)->exit_code;
    if (broken == 0)
        return ran;
    return ran == 0 || ran == config ? config : 1;
}

int command_run(const struct options *options)
{
    struct err err;
    struct selection selection;
    struct run_outcome outcome;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    inputs_read(options, &inputs);
    if (inputs_have_errors(&inputs, inputs.settings_file)) {
        inputs_log_findings(&inputs, inputs.settings_file);
        return err_kind_info(ERR_CONFIG)->exit_code;
    }
    if (!inputs_select(options, &inputs, &selection, &err)) {
        inputs_log_findings(&inputs, NULL);
        return output_fail("usage", &err);
    }
    size_t broken = log_broken(options, &inputs, &selection);
    drop_broken(&inputs, &selection);
    if (!stop_install(&err))
        return output_fail("start", &err);
    int exit_code = 0;
    if (!run_selected(&inputs, options, &selection, &outcome, &err)) {
        exit_code = output_fail("run-failed", &err);
        outcome.failed = selection.count;
    } else {
        exit_code = outcome.exit_code;
    }
    outcome.failed += broken;
    if (options->output == OUTPUT_JSON)
        report_put_json(&outcome, &out);
    else if (outcome.count > 0)
        report_put_table(&outcome, &out);
    return output_end(&out, combine(exit_code, broken));
}
