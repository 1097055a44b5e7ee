#include "base/clock.h"
#include "base/environment.h"
#include "base/random.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_inputs.h"
#include "cli/user_agent.h"
#include "report/html/html_file.h"
#include "report/metrics/metrics.h"
#include "report/ping.h"
#include "report/run_report.h"
#include "run/reconcile_auto.h"
#include "run/report_views.h"
#include "terminal/display.h"

/* The results of the run for report, metrics and pings. */
struct result {
    char invocation_id[UUID_TEXT];
    struct run_outcome outcome;
    struct reconcile_outcome compared; /* after the run */
    struct err err;
};

static void run_selected(const struct options *options, const struct run_inputs *inputs,
                         struct result *result)
{
    struct run_options run_options = run_inputs_options(options, inputs);
    struct run_outcome *outcome = &result->outcome;
    run_options.invocation_id = result->invocation_id;
    if (inputs->selection.count == 0)
        return;
    if (run_jobs(&run_options, inputs->files.arena, outcome, &result->err)) {
        err_clear(&result->err);
        report_views_after_run(&inputs->files.settings, outcome);
        reconcile_after_run(&(struct reconcile_auto){&run_options, outcome}, inputs->files.arena,
                            &result->compared);
        return;
    }
    outcome->exit_code = output_fail("run-failed", &result->err);
    outcome->failed = inputs->selection.count;
}

/* Also shows why the run, or one of its jobs, could not begin, and the comparison after it. */
static void put_json(const struct run_inputs *inputs, const struct result *result, struct buf *out)
{
    report_put_json(&result->outcome, out);
    if (out->is_past)
        return;
    out->bytes[--out->length] = '\0'; /* the line end */
    struct json_writer json = json_writer_reopen(out);
    output_put_error(&json, result->err.kind != ERR_NONE ? &result->err : &inputs->refused);
    if (result->compared.requests > 0)
        report_put_json_comparison(&result->compared, &json);
    json_end(&json);
    buf_put(out, "\n");
}

static int report(const struct options *options, const struct run_inputs *inputs, const struct result *result,
                  int exit_code)
{
    SCOPED(buf) struct buf out = buf_make_result();
    if (options->output == OUTPUT_JSON) {
        put_json(inputs, result, &out);
        return output_end(&out, exit_code);
    }
    if (result->outcome.count > 0)
        report_put_table(&result->outcome, &out);
    if (result->compared.requests > 0)
        report_put_comparison(&result->compared, &out);
    return output_end_lines(&out, exit_code);
}

static int run(const struct options *options, struct run_inputs *inputs, struct result *result)
{
    if (!run_inputs_select(options, inputs, &result->err))
        return err_kind_info(result->err.kind)->exit_code;
    if (run_inputs_are_refused(inputs))
        result->err = inputs->refused;
    struct display *display = display_begin(options->progress, environment_get(ENVIRONMENT_NOTIFY));
    run_selected(options, inputs, result);
    display_end(display);
    result->outcome.failed += inputs->broken;
    return report(options, inputs, result, run_inputs_combine(inputs, result->outcome.exit_code));
}

int command_run(const struct options *options)
{
    struct result result = {0};
    int64_t started_ms = clock_now_ms();
    SCOPED(run_inputs) struct run_inputs inputs;
    run_inputs_read(options, INPUTS_NEED_SECRETS, &inputs);
    if (!stop_install(&result.err) || !random_uuid(result.invocation_id, &result.err))
        return output_fail("start", &result.err);
    struct ping *ping = ping_begin(&inputs.files.settings, USER_AGENT);
    int exit_code = run(options, &inputs, &result);
    struct run_end end = {
        .defined = &inputs.files.jobs,
        .selected = inputs.selection.jobs,
        .selected_count = inputs.selection.count,
        .outcome = &result.outcome,
        .err = &result.err,
        .broken = inputs.broken,
        .exit_code = exit_code,
        .elapsed_ms = clock_now_ms() - started_ms,
        .version = TOKENFLEX_ETL_VERSION,
    };
    metrics_write(&inputs.files.settings, &end);
    ping_end(ping, &end);
    html_file_after_run(&inputs.files.settings, TOKENFLEX_ETL_VERSION);
    return exit_code;
}
