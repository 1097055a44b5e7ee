#include "base/log.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/service_hint.h"
#include "report/forecast_report.h"
#include "wire/pg/pooler.h"

static bool look(const struct inputs *inputs, struct forecast *forecast, struct err *err)
{
    struct pg_options options = {.dsn = inputs->settings.database.dsn,
                                 .application_name = "tokenflex-etl forecast"};
    SCOPED(pg) struct pg *pg = pg_connect_session(&options, err);
    return pg && forecast_read(pg, inputs->settings.database.schema, inputs->arena, forecast, err);
}

int command_forecast(const struct options *options)
{
    struct err err = {0};
    struct forecast forecast;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    inputs_read_settings(options, INPUTS_NEED_NO_SECRETS, &inputs);
    service_hint(inputs.settings_file);
    if (inputs_have_errors(&inputs, NULL)) {
        inputs_refuse(&inputs, NULL, &err);
        return output_refuse(&err);
    }
    if (!look(&inputs, &forecast, &err))
        return output_fail("forecast", &err);
    for (size_t i = 0; i < forecast.missing.count; i++)
        log_warn("no-table",
                 "there is no forecast without the table %s: the shipped job of this name loads it",
                 forecast.missing.items[i]);
    if (options->output == OUTPUT_JSON) {
        forecast_report_put_json(&forecast, &out);
        return output_end(&out, 0);
    }
    forecast_report_put_table(&forecast, &out);
    return output_end_lines(&out, 0);
}
