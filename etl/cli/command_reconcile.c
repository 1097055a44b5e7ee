#include "base/clock.h"
#include "base/environment.h"
#include "base/random.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_inputs.h"
#include "cli/user_agent.h"
#include "report/reconcile_report.h"
#include "terminal/display.h"

/* Compares the tables of the selected jobs; false if it could not begin. */
static bool compare(const struct options *options, const struct run_inputs *inputs,
                    struct reconcile_outcome *outcome, struct err *err)
{
    char invocation_id[UUID_TEXT];
    struct reconcile_options wanted = {
        .settings = &inputs->files.settings,
        .jobs = inputs->selection.jobs,
        .job_count = inputs->selection.count,
        .defined = &inputs->files.jobs,
        .repair = options->repair,
        .today = date_of_wall(clock_wall_ms()),
        .host = inputs->host,
        .invocation_id = invocation_id,
        .user_agent = USER_AGENT,
    };
    if (!random_uuid(invocation_id, err))
        return false;
    struct display *display = display_begin(options->progress, environment_get(ENVIRONMENT_NOTIFY));
    bool begun = reconcile(&wanted, inputs->files.arena, outcome, err);
    display_end(display);
    return begun;
}

/* The error of the first table or contract that was not compared; NULL: all were. */
static const struct err *first_failure(const struct reconcile_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].err.kind != ERR_NONE)
            return &outcome->items[i].err;
    return NULL;
}

static void put_json(const struct reconcile_outcome *outcome, const struct run_inputs *inputs,
                     struct buf *out)
{
    const struct err *failure = first_failure(outcome);
    reconcile_report_put_json(outcome, out);
    output_add_error(out, failure ? failure : &inputs->refused);
}

int command_reconcile(const struct options *options)
{
    struct err err = {0};
    struct reconcile_outcome outcome = {0};
    SCOPED(run_inputs) struct run_inputs inputs;
    SCOPED(buf) struct buf out = buf_make_result();
    run_inputs_read(options, INPUTS_NEED_SECRETS, &inputs);
    if (!stop_install(&err))
        return output_fail("start", &err);
    if (!run_inputs_select(options, &inputs, &err))
        return err_kind_info(err.kind)->exit_code;
    if (run_inputs_are_refused(&inputs))
        return output_refuse(&inputs.refused);
    if (inputs.selection.count > 0 && !compare(options, &inputs, &outcome, &err))
        return output_fail("reconcile", &err);
    if (options->output == OUTPUT_JSON)
        put_json(&outcome, &inputs, &out);
    else
        reconcile_report_put_table(&outcome, &out);
    int exit_code = run_inputs_combine(&inputs, outcome.exit_code);
    return options->output == OUTPUT_JSON ? output_end(&out, exit_code) : output_end_lines(&out, exit_code);
}
