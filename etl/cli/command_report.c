#include "base/clock.h"
#include "base/readable.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/service_hint.h"
#include "cli/user_agent.h"
#include "report/html/html_file.h"

/* The time limit for another process that writes into the same directory. */
#define WAIT_MS 60000

static bool check_usage(const struct options *options, struct err *err)
{
    if (options->html && *options->html)
        return true;
    err_set(err, ERR_USAGE, "`report` needs --html FILE");
    return err_hint(err, "tokenflex-etl report --html report.html");
}

static bool write_report(const struct options *options, const struct inputs *inputs, struct html_file *file,
                         struct err *err)
{
    struct html_page_options page_options = {
        .schema = inputs->settings.database.schema,
        .contract = options->contract,
        .names = options->names,
        .budgets = &inputs->settings.budgets,
        .version = TOKENFLEX_ETL_VERSION,
    };
    struct pg_options pg_options = {.dsn = inputs->settings.database.dsn,
                                    .application_name = "tokenflex-etl report"};
    SCOPED(pg) struct pg *pg = pg_connect(&pg_options, err);
    return pg && html_file_write(options->html, &page_options, pg, clock_deadline(WAIT_MS), inputs->arena,
                                 file, err);
}

static void put_text(const struct options *options, const struct html_file *file, struct buf *out)
{
    char bytes[READABLE_TEXT];
    buf_print(out, "%s: %zu contract%s, %s bytes\n", options->html, file->contracts.count,
              readable_plural(file->contracts.count), readable_number(file->bytes, bytes));
}

static void put_json(const struct options *options, const struct html_file *file, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_text(&json, "file", options->html);
    json_put_count(&json, "bytes", file->bytes);
    json_put_list(&json, "contracts", &file->contracts);
    json_end(&json);
    buf_put(out, "\n");
}

int command_report(const struct options *options)
{
    struct err err = {0};
    struct html_file file = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    if (!check_usage(options, &err))
        return output_fail("usage", &err);
    inputs_read_settings(options, INPUTS_NEED_NO_SECRETS, &inputs);
    service_hint(inputs.settings_file);
    if (inputs_have_errors(&inputs, NULL)) {
        inputs_refuse(&inputs, NULL, &err);
        return output_refuse(&err);
    }
    if (!write_report(options, &inputs, &file, &err))
        return output_fail("report", &err);
    if (options->output == OUTPUT_JSON) {
        put_json(options, &file, &out);
        return output_end(&out, 0);
    }
    put_text(options, &file, &out);
    return output_end_lines(&out, 0);
}
