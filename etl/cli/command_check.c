#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/service_hint.h"

/* If jobs are named, only the findings of their files and of the settings count, as for `run`. selection:
 * NULL if a job was not found, which may be in a file with errors. */
static bool is_wanted(const struct finding *finding, const struct options *options,
                      const struct inputs *inputs, const struct selection *selection)
{
    if (!selection || options->arguments.count == 0 || text_equal(finding->place.file, inputs->settings_file))
        return true;
    for (size_t i = 0; i < selection->count; i++)
        if (text_equal(finding->place.file, selection->jobs[i]->place.file))
            return true;
    return false;
}

static void put_json(const struct findings *shown, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "findings");
    for (size_t i = 0; i < shown->count; i++) {
        const struct finding *finding = &shown->items[i];
        json_begin_object(&json, NULL);
        json_put_text(&json, "file", finding->place.file);
        json_put_count(&json, "line", finding->place.line);
        json_put_count(&json, "column", finding->place.column);
        json_put_text(&json, "severity", finding->severity == SEVERITY_ERROR ? "error" : "warning");
        json_put_text(&json, "message", finding->message);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}

static void put_text(const struct findings *shown, size_t jobs, struct buf *out)
{
    for (size_t i = 0; i < shown->count; i++) {
        inputs_put_finding(&shown->items[i], out);
        buf_put(out, "\n");
    }
    if (shown->count == 0)
        buf_print(out, "%zu job%s checked, nothing found\n", jobs, jobs == 1 ? "" : "s");
}

int command_check(const struct options *options)
{
    struct err err = {0};
    struct selection selection = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    inputs_read(options, INPUTS_NEED_SECRETS, &inputs);
    service_hint(inputs.settings_file);
    bool selected = inputs_select(options, &inputs, &selection, &err);
    if (!selected && !inputs_have_errors(&inputs, NULL))
        return output_fail("usage", &err);

    struct findings shown = {.arena = inputs.arena};
    for (size_t i = 0; i < inputs.findings.count; i++) {
        const struct finding *finding = &inputs.findings.items[i];
        if (!is_wanted(finding, options, &inputs, selected ? &selection : NULL))
            continue;
        *(struct finding *)arena_push(shown.arena, &shown.items, &shown.count, sizeof *finding) = *finding;
        shown.errors += finding->severity == SEVERITY_ERROR;
    }
    int exit_code = shown.errors ? err_kind_info(ERR_CONFIG)->exit_code : 0;
    if (options->output == OUTPUT_JSON) {
        put_json(&shown, &out);
        return output_end(&out, exit_code);
    }
    put_text(&shown, selection.count, &out);
    return output_end_lines(&out, exit_code);
}
