#include "base/clock.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_inputs.h"
#include "report/plan/plan_report.h"
#include "report/plan/planner.h"

static int make_and_put(const struct options *options, const struct run_inputs *inputs, struct buf *out)
{
    struct err err = {0};
    struct plan plan = {0};
    struct run_options run_options = run_inputs_options(options, inputs);
    if (!planner_make(&run_options, inputs->files.arena, &plan, &err))
        return output_fail("plan", &err);
    if (options->output == OUTPUT_JSON) {
        plan_report_put_json(&plan, clock_wall_ms(), out);
        output_add_error(out, &inputs->refused);
    } else
        plan_report_put_text(&plan, clock_wall_ms(), out);
    return planner_exit_code(&plan);
}

int command_plan(const struct options *options)
{
    struct err err = {0};
    SCOPED(run_inputs) struct run_inputs inputs;
    SCOPED(buf) struct buf out = buf_make_result();
    run_inputs_read(options, INPUTS_NEED_NO_SECRETS, &inputs);
    if (!run_inputs_select(options, &inputs, &err))
        return err_kind_info(err.kind)->exit_code;
    if (run_inputs_are_refused(&inputs))
        return output_refuse(&inputs.refused);
    int exit_code = make_and_put(options, &inputs, &out);
    exit_code = run_inputs_combine(&inputs, exit_code);
    return options->output == OUTPUT_JSON ? output_end(&out, exit_code) : output_end_lines(&out, exit_code);
}
