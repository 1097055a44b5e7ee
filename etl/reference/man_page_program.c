#include "base/arena.h"
#include "base/environment.h"
#include "base/exit_code.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "reference/man_page.h"
#include "reference/roff.h"
#include "report/metrics/metric_table.h"

#define SUMMARY "load Autodesk Token Flex usage into PostgreSQL"

static const char description[] =
    "Submits the query of each job to the service, waits for the result, fetches its pages, and upserts the "
    "rows into a table made from the result's columns. A job that the Query API cannot deliver uses the "
    "Export API. Each chunk of a job's window is one transaction: it is loaded as a whole or not at all. "
    "Rows that have not changed are not touched.\n"
    "\n"
    "The service allows few requests. The database keeps the request budget. Every job, process and host of "
    "the account shares it.\n"
    "\n"
    "The result goes to stdout, as a table or, with `--output json`, as one JSON document. The log goes to "
    "stderr. Under systemd the lines of the log have the journal's priorities.";

static const char notes[] =
    "Runs may overlap. Each run holds an advisory lock in the database for the tables that it loads. A "
    "second run of the same table ends with 75 and names the holder of the lock. So cron and timers need no "
    "lock of their own.\n"
    "\n"
    "A run that ends early, for example by a signal, leaves no chunk partly loaded. The next run resumes its "
    "query or export at the service. SIGTERM and SIGINT end a run within seconds, with 75.\n"
    "\n"
    "The completions of the shells call `tokenflex-etl complete`. This command is only for them, and may "
    "change.";

static const char files[] =
    "./tokenflex-etl.yaml  the settings, if neither `--config` nor the variable names a file.\n"
    "/etc/tokenflex-etl/tokenflex-etl.yaml  the settings, if that file does not exist either.\n"
    "jobs  beside the settings file, else in the working directory: the job definitions, if `--jobs` names "
    "no directory. The jobs of the systemd units are in `/etc/tokenflex-etl/jobs`.\n"
    "~/.local/state/tokenflex-etl/token.json  the login: see `auth.token_file`. Under systemd it is in "
    "`/var/lib/tokenflex-etl`. With `auth.token_store: database` there is none.\n"
    "/usr/share/tokenflex-etl/jobs  the shipped jobs, and `job.schema.json` for editors. After `cmake "
    "--install` they are below its prefix, such as `/usr/local`.\n";

static const char examples[] =
    "Check settings and jobs without network or database, then load:\n\n"
    "    tokenflex-etl check\n"
    "    tokenflex-etl run\n\n"
    "The jobs with a tag, for cron. It prints only warnings and errors:\n\n"
    "    tokenflex-etl --log-level warn run --tag nightly >/dev/null\n\n"
    "Three past months. If the run is interrupted, the same command loads what is missing:\n\n"
    "    tokenflex-etl run daily_product_usage --from 2026-01-01 --to 2026-04-01\n\n"
    "As root, with the user, variables, secret, login and jobs of the systemd units: log in on a server "
    "without a browser, then check everything:\n\n"
    "    tokenflex-etl-as-service auth login --no-browser\n"
    "    tokenflex-etl-as-service doctor\n\n"
    "Every night, the jobs with the tag `nightly`:\n\n"
    "    systemctl enable --now tokenflex-etl@nightly.timer\n";

static void put_options(const struct command *command, struct arena *arena, struct buf *out)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        bool wanted = command ? !spec->is_global && command_takes(command, spec) : spec->is_global;
        if (!wanted)
            continue;
        const char *letter = spec->letter ? arena_print(arena, "`-%c`, ", spec->letter) : "";
        const char *argument = spec->argument ? arena_print(arena, " %s", spec->argument) : "";
        roff_put_item(arena_print(arena, "%s`--%s`%s", letter, spec->name, argument), spec->help, out);
    }
}

static void put_command(const struct command *command, struct arena *arena, struct buf *out)
{
    const char *options = command->options ? " [OPTIONS]" : "";
    const char *blank = *command->arguments ? " " : "";
    roff_put_subsection(arena_print(arena, "%s%s%s%s", command->name, options, blank, command->arguments),
                        out);
    roff_put_prose(command->description, out);
    put_options(command, arena, out);
}

static void put_commands(struct arena *arena, struct buf *out)
{
    roff_put_section("COMMANDS", out);
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            put_command(command, arena, out);
}

static void put_exit_codes(struct arena *arena, struct buf *out)
{
    roff_put_section("EXIT STATUS", out);
    for (const struct exit_code *code = exit_codes; code->meaning; code++)
        roff_put_item(arena_print(arena, "`%d`", code->code),
                      arena_print(arena, "%s.%s%s", code->meaning, *code->advice ? " " : "", code->advice),
                      out);
}

static void put_metrics(struct arena *arena, struct buf *out)
{
    roff_put_section("METRICS", out);
    roff_put_prose("The files of `run.metrics_file` have these gauges, with these labels.", out);
    for (size_t i = 0; i < METRICS; i++) {
        const struct metric *metric = &metric_table[i];
        const char *labels = *metric->labels ? arena_print(arena, " {%s}", metric->labels) : "";
        roff_put_item(arena_print(arena, "`%s%s`%s", METRICS_PREFIX, metric->name, labels), metric->help,
                      out);
    }
}

static void put_environment(struct arena *arena, struct buf *out)
{
    roff_put_section("ENVIRONMENT", out);
    for (size_t i = 0; i < ENVIRONMENT_VARIABLES; i++)
        roff_put_item(arena_print(arena, "`%s`", environment[i].name), environment[i].help, out);
}

static void put_page_names(struct buf *out)
{
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        buf_put(out, ".BR ");
        roff_put_inline(topic->page, out);
        buf_put(out, " (5),\n");
    }
    buf_put(out, ".BR psql (1),\n.BR systemd.timer (5),\n.BR crontab (5)\n");
}

void man_page_put_program(struct buf *out)
{
    static const struct {
        const char *name;
        const char *text;
    } sections[] = {{"FILES", files}, {"NOTES", notes}, {"EXAMPLES", examples}};
    SCOPED(arena) struct arena *arena = arena_make();
    roff_put_title("tokenflex-etl", '1', out);
    roff_put_section("NAME", out);
    buf_put(out, "tokenflex\\-etl \\- " SUMMARY "\n");
    roff_put_section("SYNOPSIS", out);
    buf_put(out, "\\fBtokenflex\\-etl\\fR [\\fIGLOBAL OPTIONS\\fR] \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
                 "[\\fIJOB\\fR\\[u2026]]\n");
    roff_put_section("DESCRIPTION", out);
    roff_put_prose(description, out);
    put_commands(arena, out);
    roff_put_section("GLOBAL OPTIONS", out);
    put_options(NULL, arena, out);
    put_exit_codes(arena, out);
    put_metrics(arena, out);
    put_environment(arena, out);
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        roff_put_section(sections[i].name, out);
        roff_put_prose(sections[i].text, out);
    }
    roff_put_section("SEE ALSO", out);
    put_page_names(out);
}
