#include "cli/option_table.h"

#include "base/macros.h"

const struct option_spec option_specs[] = {
    {OPTION_CONFIG, "config", "FILE", FOR_ALL,
     "settings file (default: $TOKENFLEX_ETL_CONFIG, else ./tokenflex-etl.yaml, else "
     "/etc/tokenflex-etl/tokenflex-etl.yaml)"},
    {OPTION_JOBS, "jobs", "DIR", FOR_ALL,
     "directory of job definitions (default: jobs beside the settings file, else ./jobs)"},
    {OPTION_OUTPUT, "output", "text|json", FOR_ALL, "format of the result on stdout (default: text)"},
    {OPTION_LOG_LEVEL, "log-level", "error|warn|info|debug", FOR_ALL,
     "lowest severity of lines in the log (default: info)"},
    {OPTION_LOG_FORMAT, "log-format", "text|json", FOR_ALL, "format of the log on stderr (default: text)"},
    {OPTION_PROGRESS, "progress", "auto|always|never", FOR_ALL,
     "live progress on stderr (default: auto, which means if stderr is a terminal)"},
    {OPTION_HELP, "help", NULL, FOR_ALL, "show this help"},
    {OPTION_VERSION, "version", NULL, FOR_ALL, "show the version"},
    {OPTION_TAG, "tag", "TAG", FOR_CHECK | FOR_PLAN | FOR_RUN | FOR_RECONCILE | FOR_CHANGES | FOR_STATUS,
     "only jobs with this tag"},
    {OPTION_FROM, "from", "DATE", FOR_PLAN | FOR_RUN | FOR_CHANGES,
     "first day to load, instead of the jobs' windows; with changes: a day in the first month to show"},
    {OPTION_TO, "to", "DATE", FOR_PLAN | FOR_RUN | FOR_CHANGES,
     "first day after the days to load; with changes: after the months to show"},
    {OPTION_REBUILD, "rebuild", NULL, FOR_PLAN | FOR_RUN,
     "replace tables whose grain has changed with new tables, loaded from the jobs' windows"},
    {OPTION_AGAIN, "again", NULL, FOR_PLAN | FOR_RUN,
     "also load chunks that are finished (--from, --to), or whose usage has not changed"},
    {OPTION_ACCEPT, "accept", NULL, FOR_RUN,
     "in this run, a failed max_vanished or max_change is only a warning, and the chunk is loaded"},
    {OPTION_REPAIR, "repair", NULL, FOR_RECONCILE,
     "load months with a difference again, and compare once more"},
    {OPTION_SINCE, "since", "DATE", FOR_CHANGES, "only loads on this day (UTC) or later"},
    {OPTION_ROWS, "rows", NULL, FOR_CHANGES, "also the changed rows, for tables with target.history: true"},
    {OPTION_SQL, "sql", NULL, FOR_INIT, "only print the SQL, for a DBA to run in psql; needs no database"},
    {OPTION_REPORTS, "reports", NULL, FOR_INIT,
     "also create the report views whose tables exist; with --sql: print only the views"},
    {OPTION_NO_BROWSER, "no-browser", NULL, FOR_AUTH,
     "login: print the login address, then read the address that the browser returned to"},
    {OPTION_PORT, "port", "PORT", FOR_AUTH,
     "login: listen on this port of 127.0.0.1, instead of any free one"},
    {OPTION_CONTRACT, "contract", "NUMBER", FOR_DISCOVER,
     "fields: with this contract's names of its custom fields"},
    {OPTION_JOB, "job", NULL, FOR_DISCOVER, "fields: with --contract: write a job definition to start from"},
    {0},
};

_Static_assert(COUNT_OF(option_specs) - 1 <= OPTION_SPECS_MOST, "OPTION_SPECS_MOST is too low");
