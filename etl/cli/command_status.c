#include "base/log.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "report/status/status_report.h"
#include "wire/pg/pooler.h"

/* Whether a finding is about the directory of jobs as a whole. */
static bool jobs_are_unknown(const struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->findings.count; i++)
        if (text_equal(inputs->findings.items[i].place.file, inputs->jobs_directory))
            return true;
    return false;
}

static bool has_known_job(const struct inputs *inputs, const char *file)
{
    for (size_t i = 0; i < inputs->jobs.count; i++)
        if (text_equal(inputs->jobs.items[i].place.file, file))
            return true;
    return false;
}

/* Errors that belong to no job of the result: files without a readable job, and an unreadable directory. */
static void warn_of_files(const struct inputs *inputs)
{
    const char *last = "";
    for (size_t i = 0; i < inputs->findings.count; i++) {
        const struct finding *finding = &inputs->findings.items[i];
        const char *file = finding->place.file;
        bool is_news = finding->severity == SEVERITY_ERROR && !text_equal(last, file);
        if (!is_news || text_equal(file, inputs->settings_file) || has_known_job(inputs, file))
            continue;
        log_warn("definition", "%s: %s; see `tokenflex-etl check`", file, finding->message);
        last = file;
    }
}

static struct status_options make_options(const struct inputs *inputs)
{
    struct status_definition *definitions =
        arena_alloc(inputs->arena, inputs->jobs.count + 1, sizeof *definitions);
    for (size_t i = 0; i < inputs->jobs.count; i++) {
        const struct job *job = &inputs->jobs.items[i];
        definitions[i] = (struct status_definition){job, inputs_have_errors(inputs, job->place.file)};
    }
    return (struct status_options){
        .settings = &inputs->settings,
        .definitions = definitions,
        .definition_count = inputs->jobs.count,
        .definitions_known = !jobs_are_unknown(inputs),
    };
}

static bool look(const struct options *options, const struct inputs *inputs, struct status *status,
                 struct err *err)
{
    struct status_options wanted = make_options(inputs);
    struct pg_options pg_options = {.dsn = inputs->settings.database.dsn,
                                    .application_name = "tokenflex-etl status"};
    if (!inputs_select_names(options, inputs, &wanted.names, err))
        return false;
    SCOPED(pg) struct pg *pg = pg_connect_session(&pg_options, err);
    return pg && status_read(&wanted, pg, inputs->arena, status, err);
}

int command_status(const struct options *options)
{
    struct err err = {0};
    struct status status;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    if (!inputs_read_to_show(options, &inputs, &err))
        return output_refuse(&err);
    warn_of_files(&inputs);
    if (!look(options, &inputs, &status, &err))
        return output_fail("status", &err);
    if (options->output == OUTPUT_JSON) {
        status_put_json(&status, &out);
        return output_end(&out, 0);
    }
    status_put_text(&status, &out);
    return output_end_lines(&out, 0);
}
