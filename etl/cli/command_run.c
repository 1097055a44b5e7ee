#include "base/stop.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_inputs.h"
#include "run/report.h"

static bool run_selected(const struct options *options, const struct run_inputs *inputs,
                         struct run_outcome *outcome, struct err *err)
{
    struct run_options run_options = run_inputs_options(options, inputs);
    *outcome = (struct run_outcome){0};
    return inputs->selection.count == 0 || run_jobs(&run_options, inputs->files.arena, outcome, err);
}

int command_run(const struct options *options)
{
    struct err err;
    int exit_code;
    struct run_outcome outcome;
    SCOPED(run_inputs) struct run_inputs inputs;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    if (!run_inputs_read(options, &inputs, &exit_code))
        return exit_code;
    if (!stop_install(&err))
        return output_fail("start", &err);
    if (!run_selected(options, &inputs, &outcome, &err)) {
        exit_code = output_fail("run-failed", &err);
        outcome.failed = inputs.selection.count;
    } else {
        exit_code = outcome.exit_code;
    }
    outcome.failed += inputs.broken;
    if (options->output == OUTPUT_JSON)
        report_put_json(&outcome, &out);
    else if (outcome.count > 0)
        report_put_table(&outcome, &out);
    return output_end(&out, run_inputs_combine(&inputs, exit_code));
}
