#include "cli/option_table.h"

#include "base/macros.h"

const struct option_spec option_specs[] = {
    {OPTION_CONFIG, "config", "FILE", FOR_ALL,
     "settings file (else $TOKENFLEX_ETL_CONFIG, ./tokenflex-etl.yaml, "
     "/etc/tokenflex-etl/tokenflex-etl.yaml)"},
    {OPTION_JOBS, "jobs", "DIR", FOR_ALL,
     "directory of job definitions (else jobs beside the settings file, ./jobs)"},
    {OPTION_OUTPUT, "output", "text|json", FOR_ALL, "form of the result on stdout (default: text)"},
    {OPTION_LOG_LEVEL, "log-level", "error|warn|info|debug", FOR_ALL,
     "the least severe lines that the log has (default: info)"},
    {OPTION_LOG_FORMAT, "log-format", "text|json", FOR_ALL, "form of the log on stderr (default: text)"},
    {OPTION_PROGRESS, "progress", "auto|always|never", FOR_ALL,
     "live progress on stderr (default: auto, which is where that is a terminal)"},
    {OPTION_HELP, "help", NULL, FOR_ALL, "show this help"},
    {OPTION_VERSION, "version", NULL, FOR_ALL, "show the version"},
    {OPTION_TAG, "tag", "TAG", FOR_CHECK | FOR_PLAN | FOR_RUN | FOR_RECONCILE | FOR_CHANGES | FOR_STATUS,
     "only jobs with this tag"},
    {OPTION_FROM, "from", "DATE", FOR_PLAN | FOR_RUN | FOR_CHANGES,
     "first day to load, instead of the jobs' windows; of changes: in the first month to show"},
    {OPTION_TO, "to", "DATE", FOR_PLAN | FOR_RUN | FOR_CHANGES,
     "first day no longer to load, or to show months of"},
    {OPTION_REBUILD, "rebuild", NULL, FOR_PLAN | FOR_RUN,
     "replace tables whose grain has changed by new ones, loaded from the jobs' windows"},
    {OPTION_AGAIN, "again", NULL, FOR_PLAN | FOR_RUN,
     "repeat chunks that are finished already (--from, --to), or whose usage has not moved"},
    {OPTION_ACCEPT, "accept", NULL, FOR_RUN,
     "in this run a failed max_vanished or max_change is a warning, and the chunk is loaded"},
    {OPTION_REPAIR, "repair", NULL, FOR_RECONCILE,
     "load the months that differ again, and compare once more"},
    {OPTION_SINCE, "since", "DATE", FOR_CHANGES, "only what was loaded on this day (UTC) or later"},
    {OPTION_ROWS, "rows", NULL, FOR_CHANGES, "the changed rows too, of tables with target.history: true"},
    {OPTION_SQL, "sql", NULL, FOR_INIT, "print the SQL for psql instead, for a DBA: no database is asked"},
    {OPTION_REPORTS, "reports", NULL, FOR_INIT,
     "create the report views too, as far as their tables are there; with --sql: print these alone"},
    {OPTION_NO_BROWSER, "no-browser", NULL, FOR_AUTH,
     "login: print the address, read the one the browser came back to"},
    {OPTION_PORT, "port", "PORT", FOR_AUTH,
     "login: listen on this port of 127.0.0.1, instead of any free one"},
    {OPTION_CONTRACT, "contract", "NUMBER", FOR_DISCOVER,
     "fields: with the names that this contract gives its custom fields"},
    {OPTION_JOB, "job", NULL, FOR_DISCOVER,
     "fields: with --contract: write a job definition to start from, instead"},
    {0},
};

_Static_assert(COUNT_OF(option_specs) - 1 <= OPTION_SPECS_MOST, "OPTION_SPECS_MOST is too low");
