#include "cli/command_table.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_table.h"

const struct command commands[] = {
    {"init", "", "create or upgrade the tool's own schema, and the report views",
     "Creates or upgrades the schema tokenflex_etl (run history, request budget, table catalogue). Creates "
     "the schema for the tables (database.schema). Shows what it did. `run` does the same if its role has "
     "the right. With --reports it also creates or updates the views report_… over those tables of the "
     "shipped jobs that exist.",
     FOR_INIT, command_init},
    {"check", "[JOB…]", "validate settings and job definitions, offline",
     "Reads the settings and every job definition (or the named ones) and shows every error, one per line: "
     "FILE:LINE:COL: error: …  Uses no network and no database. Exit code 78 if there are errors, else 0.",
     FOR_CHECK, command_check},
    {"plan", "[JOB…]", "show what run would do, and why",
     "Shows what `run` would do now, chunk by chunk: query or export and the reason, the number of requests, "
     "when the request budget would allow the last of them, the request bodies, and the table changes. "
     "Spends no request and changes nothing. Without the database it shows what it cannot know. The exit "
     "code is 0, or the exit code of jobs that `run` would refuse.",
     FOR_PLAN, command_plan},
    {"run", "[JOB…]", "run the named jobs, or all enabled ones",
     "Submits the query of each job, waits for the result, fetches its pages and upserts the rows into the "
     "job's table. A failing job never stops the others. The summary goes to stdout, the log to stderr.",
     FOR_RUN, command_run},
    {"reconcile", "[JOB…]", "compare the loaded data with the service's own totals",
     "Compares the tokens in the jobs' tables with the service's own totals, by month and category, as far "
     "as a job's rows and filter allow. Costs one request per contract. Shows both figures of each past "
     "month that is completely loaded, and stores them in tokenflex_etl.reconciliation. With --repair it "
     "loads months with a difference again, in the job's own chunks, and compares once more. Exit code 65 if "
     "a difference remains.",
     FOR_RECONCILE, command_reconcile},
    {"changes", "[JOB…]", "show what the service has restated",
     "Shows how loads have changed figures of earlier loads: before, after and difference by job, contract, "
     "month and metric, the newest first. It leaves out days that were loaded for the first time, and months "
     "that were not over. --since leaves out loads before that day (UTC). --from and --to choose the months. "
     "--rows also shows the rows, for tables that keep old versions (target.history). --output json has each "
     "change of each run. Only reads the database, and spends no request. Exit code 0 also if nothing has "
     "changed.",
     FOR_CHANGES, command_changes},
    {"forecast", "", "show when the tokens of each contract run out",
     "Shows for each contract the tokens that are left in the running contract year (with multi-year "
     "tokens), "
     "the tokens a day, the day on which they run out, and what is left at the end of the year. The pace is "
     "that of the last eight weeks. The real day is between `earliest` and `latest` in 8 of 10 cases. Needs "
     "the tables of the shipped jobs contract_years and daily_product_usage, and uses those of cloud_usage. "
     "Only reads the database, and spends no request.",
     FOR_FORECAST, command_forecast},
    {"report", "", "write the report, an HTML page with tables and charts",
     "Writes one HTML page that needs no network: tokens left in each contract year, months by category, "
     "products, "
     "days, departments, restatements, the comparison with the service's own totals, and how old the data "
     "is. The "
     "figures are those of the shipped jobs' tables. A section whose table is missing names the job that "
     "loads it. The "
     "file is replaced as a whole. Without --names no person's name is in it; with --names only the file's "
     "owner may "
     "read it. Only reads the database, and spends no request. `run` writes the same page to "
     "run.report_file.",
     FOR_REPORT, command_report},
    {"status", "[JOB…]", "show each job's last runs, and the rest of the request budget",
     "Shows what is wrong and what to do. Then it shows for each job and contract the last run, the last "
     "success, up to which day data is loaded, and rows and requests of the last runs. The last line shows "
     "the rest of the request budget. A job that is no longer defined is shown too. Only reads the database, "
     "and spends no request. Exit code 0 also if jobs have failed.",
     FOR_STATUS, command_status},
    {"auth", "login|status|logout", "log in to the service, see or forget the login",
     "login   An administrator logs in with a browser. The program stores the refresh token in "
     "auth.token_file, or\n        encrypted in the database (auth.token_store: database). Every run renews "
     "the token; after 15 days without a\n        run it expires. On a server without a browser: "
     "--no-browser. If a process is killed between the service's\n        answer and the first write of "
     "it, the login is lost: then log in again.\nstatus  shows who is logged "
     "in, with which scopes, and until when. Exit code 77 if there is no login.\nlogout  deletes the "
     "login from where it is stored.",
     FOR_AUTH, command_auth},
    {"discover", "contracts|fields", "list contracts, or fields and metrics",
     "contracts  lists the contracts that the user sees. One request.\n"
     "fields     lists the fields and metrics that the service documents, offline. --contract adds the "
     "contract's names of its custom fields (one request). --contract and --job write a job definition to "
     "start from, which `check` accepts unchanged:\n"
     "\n"
     "    tokenflex-etl discover fields --contract 11000000001 --job > jobs/usage.yaml",
     FOR_DISCOVER, command_discover},
    {"doctor", "", "check everything that a run needs, and say what to do",
     "Checks settings, jobs, token and scopes, database (version, privileges, schema, request budget), the "
     "service, clocks and timers. Each check is one line, ok, warn or fail, with what to do. Changes nothing "
     "and costs one request. The exit code is that of the worst failure: 77 authentication, 69 unreachable, "
     "78 settings or jobs, 73 privileges. It is 0 if nothing fails.",
     FOR_DOCTOR, command_doctor},
    {"help", "[COMMAND|settings|job]", "show the help of a command, or all keys of settings and jobs",
     "Shows the help of the program or of a command. `help settings` shows every key of tokenflex-etl.yaml, "
     "`help job` every key of a job definition.",
     FOR_HELP, command_help},
    {"complete", "-- [WORD…]", NULL,
     "For the completions of the shells: lists the possible completions of the last of these words of a "
     "command line, one per line. A description may follow after a tab. The line `:files` or `:directories` "
     "stands for paths. Job files that cannot be read are left out.",
     FOR_COMPLETE, command_complete},
    {0},
};

_Static_assert(COUNT_OF(commands) - 1 <= COMMANDS_MAX, "COMMANDS_MAX is too low");

const struct command *command_find(const char *name, struct err *err)
{
    const char *names[COMMANDS_MAX];
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
