#include "base/stop.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/service_hint.h"
#include "report/doctor/doctor.h"
#include "version.h"

int command_doctor(const struct options *options)
{
    struct err err = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    inputs_read(options, INPUTS_NEED_SECRETS, &inputs);
    service_hint(inputs.settings_file);
    if (!stop_install(&err))
        return output_fail("start", &err);
    struct doctor_checks checks = {.arena = inputs.arena};
    struct doctor_options doctor_options = {
        .settings = &inputs.settings,
        .files = {.findings = &inputs.findings,
                  .settings_file = inputs.settings_file,
                  .settings_exist = inputs.settings.file != NULL,
                  .jobs = &inputs.jobs,
                  .jobs_directory = inputs.jobs_directory},
        .etc = "/etc",
        .user_agent = "tokenflex-etl/" TOKENFLEX_ETL_VERSION,
    };
    doctor_examine(&doctor_options, &checks);
    if (stop_requested()) {
        stop_error(&err);
        return output_fail("doctor", &err);
    }
    if (options->output == OUTPUT_JSON) {
        checks_put_json(&checks, &out);
        return output_end(&out, checks_exit_code(&checks));
    }
    checks_put_text(&checks, &out);
    return output_end_lines(&out, checks_exit_code(&checks));
}
