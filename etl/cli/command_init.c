#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "load/reports.h"
#include "load/stage.h"
#include "load/target_schema.h"
#include "state/schema.h"

/* What was done. */
struct done {
    struct schema_change schema;
    struct text_list applied;
    struct target_schema_change target;
    bool has_reports;
    struct reports reports;
};

static struct target_schema target_of(const struct settings *settings)
{
    return (struct target_schema){settings->database.schema, &settings->database.grant_select_to};
}

static bool initialise(const struct settings *settings, struct arena *arena, struct done *done,
                       struct err *err)
{
    struct target_schema target = target_of(settings);
    struct pg_options options = {.dsn = settings->database.dsn, .application_name = "tokenflex-etl init"};
    SCOPED(pg) struct pg *pg = pg_connect_session(&options, err);
    if (!pg || !schema_upgrade(pg, &done->schema, err) ||
        !target_schema_prepare(pg, &target, arena, &done->target, err) ||
        !stage_drop_abandoned(pg, target.name, err))
        return false;
    schema_put_applied(&done->schema, arena, &done->applied);
    return !done->has_reports || reports_make(pg, &target, arena, &done->reports, err);
}

static void put_left_out(const struct report *report, struct buf *out)
{
    buf_put(out, "left out: ");
    if (report->reason)
        buf_print(out, "a table is not as its shipped job makes it: %s", report->reason);
    for (size_t i = 0; i < report->missing.count; i++)
        buf_print(out, "%s%s", i == 0 ? "there is no table " : ", ", report->missing.items[i]);
}

/* A shipped job has the name of its table. */
static void put_advice(const struct reports *reports, struct arena *arena, struct buf *out)
{
    struct text_list jobs = {0};
    for (size_t i = 0; i < reports->count; i++) {
        const struct text_list *missing = &reports->items[i].missing;
        for (size_t k = 0; k < missing->count; k++)
            if (!text_list_has(&jobs, missing->items[k]))
                arena_add_text(arena, &jobs, missing->items[k]);
    }
    if (jobs.count == 0)
        return;
    buf_put(
        out,
        "run the shipped jobs that load the missing tables, then init --reports again: tokenflex-etl run");
    for (size_t i = 0; i < jobs.count; i++)
        buf_print(out, " %s", jobs.items[i]);
    buf_put(out, "\n");
}

static void put_text(const struct done *done, const struct target_schema *target, struct arena *arena,
                     struct buf *out)
{
    if (done->schema.made_schema)
        buf_put(out, "schema tokenflex_etl: created\n");
    for (size_t i = 0; i < done->applied.count; i++)
        buf_print(out, "schema tokenflex_etl: applied %s\n", done->applied.items[i]);
    buf_print(out, "schema tokenflex_etl is up to date (level %d)\n", done->schema.to);
    if (done->target.made_schema)
        buf_print(out, "schema %s: created\n", target->name);
    for (size_t i = 0; i < done->target.granted.count; i++)
        buf_print(out, "schema %s: usage granted to %s\n", target->name, done->target.granted.items[i]);
    for (size_t i = 0; i < done->reports.count; i++) {
        const struct report *report = &done->reports.items[i];
        buf_print(out, "view %s.%s: ", target->name, report->name);
        if (report->state == REPORT_LEFT_OUT)
            put_left_out(report, out);
        else
            buf_put(out, report_state_name(report->state));
        buf_put(out, "\n");
    }
    put_advice(&done->reports, arena, out);
}

static void put_json_reports(const struct reports *reports, struct json_writer *json)
{
    json_begin_lines(json, "reports");
    for (size_t i = 0; i < reports->count; i++) {
        const struct report *report = &reports->items[i];
        json_begin_object(json, NULL);
        json_put_text(json, "view", report->name);
        json_put_text(json, "status", report_state_name(report->state));
        json_put_list(json, "missing_tables", &report->missing);
        json_put_text(json, "reason", report->reason);
        json_end(json);
    }
    json_end(json);
}

static void put_json(const struct done *done, const struct target_schema *target, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_text(&json, "schema", "tokenflex_etl");
    json_put_integer(&json, "level_before", done->schema.from);
    json_put_integer(&json, "level", done->schema.to);
    json_put_list(&json, "migrations", &done->applied);
    json_put_text(&json, "target_schema", target->name);
    json_put_flag(&json, "target_schema_created", done->target.made_schema);
    json_put_list(&json, "usage_granted_to", &done->target.granted);
    if (done->has_reports)
        put_json_reports(&done->reports, &json);
    json_end(&json);
    buf_put(out, "\n");
}

static void put_script(const struct target_schema *target, struct buf *out)
{
    schema_put_script(out);
    target_schema_put_script(target, out);
    schema_put_script_end(target->name, out);
}

static int print_script(const struct options *options, const struct target_schema *target)
{
    SCOPED(buf) struct buf out = buf_make_result();
    if (options->reports)
        reports_put_script(target, &out);
    else
        put_script(target, &out);
    return output_end(&out, 0);
}

int command_init(const struct options *options)
{
    struct err err = {0};
    struct done done = {.has_reports = options->reports};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    inputs_read_settings(options, INPUTS_NEED_NO_SECRETS, &inputs);
    if (inputs_have_errors(&inputs, NULL)) {
        inputs_refuse(&inputs, NULL, &err);
        return output_refuse(&err);
    }
    struct target_schema target = target_of(&inputs.settings);
    if (options->sql)
        return print_script(options, &target);
    if (!initialise(&inputs.settings, inputs.arena, &done, &err))
        return output_fail("init", &err);
    if (options->output == OUTPUT_JSON)
        put_json(&done, &target, &out);
    else
        put_text(&done, &target, inputs.arena, &out);
    return output_end(&out, 0);
}
