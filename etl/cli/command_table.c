#include "cli/command_table.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_table.h"

const struct command commands[] = {
    {"init", "", "create or upgrade the tool's own schema, and the report views",
     "Creates the schema tokenflex_etl (run history, request budget, table catalogue), or upgrades it, and "
     "the schema for the tables (database.schema); says what it did. `run` does so too where it may. With "
     "--reports also the views report_… over the shipped jobs' tables, as far as these are there; once more, "
     "it brings them up to date.",
     FOR_INIT, command_init},
    {"check", "[JOB…]", "validate settings and job definitions, offline",
     "Reads the settings and every job definition (or those named) and shows all that is wrong with them, a "
     "line each: FILE:LINE:COL: error: …  No network, no database. Exit code 78 when there are errors, 0 "
     "when there are none.",
     FOR_CHECK, command_check},
    {"plan", "[JOB…]", "show what run would do, and why",
     "Shows what `run` would do now, chunk by chunk: query or export and the reason, the requests it takes "
     "and when the request budget will have let them through, the request bodies, and the table changes. "
     "Spends no request and changes nothing; without the database it says what it cannot know. Exit code 0, "
     "or that of jobs that run would refuse.",
     FOR_PLAN, command_plan},
    {"run", "[JOB…]", "run the named jobs, or all enabled ones",
     "Submits each job's query, waits for it, pages through its rows and upserts them into the job's table. "
     "A failing job never stops the others. The summary goes to stdout, the log to stderr.",
     FOR_RUN, command_run},
    {"reconcile", "[JOB…]", "hold what is loaded against the service's own totals",
     "Compares the tokens that the jobs' tables hold with the service's own totals, month by month and "
     "category by category, as far as a job's rows and filter allow: one request a contract. Shown, and kept "
     "in tokenflex_etl.reconciliation, are both figures of each month that is over and loaded whole. With "
     "--repair the months that differ are loaded again, in the job's own chunks, and compared once more. "
     "Exit "
     "code 65 where a difference is left.",
     FOR_RECONCILE, command_reconcile},
    {"changes", "[JOB…]", "show what the service has restated",
     "Shows what loads have changed of figures that an earlier load had brought: before, after and "
     "difference "
     "by job, contract, month and metric, the newest first. Days that were loaded for the first time, and "
     "months that were not over, are not among them. --since leaves out what was loaded before that day "
     "(UTC); --from and --to choose the months. --rows shows the rows themselves, of tables that keep old "
     "versions (target.history). With --output json each change by each run. Only reads the database, and "
     "spends no request. Exit code 0 also when nothing has changed.",
     FOR_CHANGES, command_changes},
    {"status", "[JOB…]", "show each job's last runs, and what is left of the request budget",
     "Shows what is wrong and what to do about it; then for each job and contract the last run, the last "
     "success, up to which day data is loaded, rows and requests of the last runs; and what is left of the "
     "request budget. A job that is no longer defined is shown too. Only reads the database, and spends no "
     "request. Exit code 0 also when jobs have failed.",
     FOR_STATUS, command_status},
    {"auth", "login|status|logout", "log in to the service, see or forget the login",
     "login   has an administrator log in with a browser, and keeps the refresh token in auth.token_file. It "
     "is renewed\n"
     "        by every run and ends after 15 days without one. On a server without a browser: --no-browser.\n"
     "        A process that is killed between the service's answer and the first write of it loses the "
     "login: "
     "then log in\n"
     "        again.\n"
     "status  shows who is logged in, with which scopes, and until when. Exit code 77 when nobody is.\n"
     "logout  deletes the token file.",
     FOR_AUTH, command_auth},
    {"discover", "contracts|fields", "list contracts, or fields and metrics",
     "contracts  lists the contracts that the user sees. One request.\n"
     "fields     lists the fields and metrics that the service documents, offline. With --contract also what "
     "that contract calls its custom fields (one request), and with --job as well a job definition to start "
     "from, which `check` accepts as it is:\n"
     "\n"
     "    tokenflex-etl discover fields --contract 11000000001 --job > jobs/usage.yaml",
     FOR_DISCOVER, command_discover},
    {"doctor", "", "check everything that a run needs, and say what to do",
     "Looks at settings, jobs, token and scopes, database (version, privileges, schema, request budget), the "
     "service, clocks and timers: a line each, ok, warn or fail, with what to do. Changes nothing and costs "
     "one request. Exit code of the worst failure: 77 authentication, 69 unreachable, 78 settings or jobs, "
     "73 privileges; 0 when nothing fails.",
     FOR_DOCTOR, command_doctor},
    {"help", "[COMMAND|settings|job]", "show a command's help, or what can stand in settings and jobs",
     "Shows the help of the program or of a command; `help settings` every key of tokenflex-etl.yaml, `help "
     "job` every key of a job definition.",
     FOR_HELP, command_help},
    {"complete", "-- [WORD…]", NULL,
     "Lists what the last of these words of a command line may become, for the completions of the shells: a "
     "word a line, behind a tab what a shell may show beside it; the line `:files` or `:directories` stands "
     "for paths. Job files that cannot be read are passed over.",
     FOR_COMPLETE, command_complete},
    {0},
};

_Static_assert(COUNT_OF(commands) - 1 <= COMMANDS_MOST, "COMMANDS_MOST is too low");

const struct command *command_find(const char *name, struct err *err)
{
    const char *names[COMMANDS_MOST];
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++) {
        if (text_equal(command->name, name))
            return command;
        if (command->summary)
            names[count++] = command->name;
    }
    err_set(err, ERR_USAGE, "there is no command `%s`", name);
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        err_hint(err, "did you mean `%s`?", nearest);
    else
        err_hint(err, "see tokenflex-etl --help");
    return NULL;
}

bool command_has_options(const struct command *command)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (!option_is_global(spec) && (spec->commands & command->flag))
            return true;
    return false;
}
