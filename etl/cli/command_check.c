#include "base/json_text.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"

/* With jobs named, only their files and the settings count. */
static bool is_wanted(const struct finding *finding, const struct options *options,
                      const struct inputs *inputs, const struct selection *selection)
{
    bool narrowed = options->arguments.count > 0 || options->tag;
    if (!narrowed || text_equal(finding->place.file, inputs->settings_file))
        return true;
    for (size_t i = 0; i < selection->count; i++)
        if (text_equal(finding->place.file, selection->jobs[i]->place.file))
            return true;
    return false;
}

static void put_json_finding(const struct finding *finding, bool first, struct buf *out)
{
    buf_put(out, first ? "{" : ",\n{");
    json_text_add(out, "file", finding->place.file);
    json_text_add_count(out, "line", finding->place.line);
    json_text_add_count(out, "column", finding->place.column);
    json_text_add(out, "severity", finding->severity == SEVERITY_ERROR ? "error" : "warning");
    json_text_add(out, "message", finding->message);
    buf_put(out, "}");
}

int command_check(const struct options *options)
{
    struct err err;
    struct selection selection;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    inputs_read(options, &inputs);
    if (!inputs_select(options, &inputs, &selection, &err) && !inputs_have_errors(&inputs, NULL))
        return output_fail("usage", &err);

    bool json = options->output == OUTPUT_JSON;
    size_t shown = 0;
    size_t errors = 0;
    buf_put(&out, json ? "{\"findings\":[" : "");
    for (size_t i = 0; i < inputs.findings.count; i++) {
        const struct finding *finding = &inputs.findings.items[i];
        if (!is_wanted(finding, options, &inputs, &selection))
            continue;
        if (json) {
            put_json_finding(finding, shown == 0, &out);
        } else {
            inputs_put_finding(finding, &out);
            buf_put(&out, "\n");
        }
        shown++;
        errors += finding->severity == SEVERITY_ERROR;
    }
    if (json)
        buf_put(&out, "]}\n");
    else if (shown == 0)
        buf_print(&out, "%zu job%s checked, nothing found\n", selection.count,
                  selection.count == 1 ? "" : "s");
    return output_end(&out, errors ? err_kind_info(ERR_CONFIG)->exit_code : 0);
}
