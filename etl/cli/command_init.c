#include "base/json_text.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "load/schema.h"

static bool initialise(const struct settings *settings, struct schema_change *change, struct err *err)
{
    struct pg_options options = {.dsn = settings->database.dsn, .application_name = "tokenflex-etl init"};
    SCOPED(pg) struct pg *pg = pg_connect(&options, err);
    return pg && schema_upgrade(pg, change, err);
}

int command_init(const struct options *options)
{
    struct err err;
    struct schema_change change;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    inputs_read_settings(options, &inputs);
    if (inputs_have_errors(&inputs, NULL)) {
        inputs_log_findings(&inputs, NULL);
        return err_kind_info(ERR_CONFIG)->exit_code;
    }
    if (!initialise(&inputs.settings, &change, &err))
        return output_fail("init", &err);
    if (options->output == OUTPUT_JSON)
        buf_print(&out, "{\"schema\":\"tokenflex_etl\",\"level_before\":%d,\"level\":%d}\n", change.from,
                  change.to);
    else if (change.from == change.to)
        buf_print(&out, "schema tokenflex_etl is up to date (level %d)\n", change.to);
    else
        buf_print(&out, "schema tokenflex_etl %s to level %d\n",
                  change.from ? "upgraded" : "created, brought", change.to);
    return output_end(&out, 0);
}
