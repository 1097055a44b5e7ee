#include "base/clock.h"
#include "base/readable.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/service_hint.h"
#include "cli/user_agent.h"
#include "report/html/html_file.h"
#include "wire/pg/pooler.h"

/* The time limit for another process that writes into the same directory. */
#define WAIT_MS 60000

static bool goes_to_stdout(const struct options *options)
{
    return text_equal(options->html, "-");
}

static bool check_usage(const struct options *options, struct err *err)
{
    bool has_html = options->html && *options->html;
    if (has_html && goes_to_stdout(options) && options->output == OUTPUT_JSON)
        return err_set(err, ERR_USAGE, "`--html -` writes the page to stdout, so it takes no --output json");
    if (has_html)
        return true;
    err_set(err, ERR_USAGE, "`report` needs --html FILE");
    return err_hint(err, "tokenflex-etl report --html report.html");
}

/* The page goes to the file, or to out for stdout. */
static bool write_report(const struct options *options, const struct inputs *inputs, struct html_file *file,
                         struct buf *out, struct err *err)
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
    SCOPED(pg) struct pg *pg = pg_connect_session(&pg_options, err);
    if (!pg)
        return false;
    if (goes_to_stdout(options))
        return html_page_make(&page_options, pg, inputs->arena, &file->contracts, out, err);
    return html_file_write(options->html, &page_options, pg, clock_deadline(WAIT_MS), inputs->arena, file,
                           err);
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
    if (!write_report(options, &inputs, &file, &out, &err))
        return output_fail("report", &err);
    if (goes_to_stdout(options))
        return output_end(&out, 0);
    if (options->output == OUTPUT_JSON) {
        put_json(options, &file, &out);
        return output_end(&out, 0);
    }
    put_text(options, &file, &out);
    return output_end_lines(&out, 0);
}
