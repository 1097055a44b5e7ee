#include "cli/exit_code.h"

#include "base/exit_code.h"

const struct exit_code exit_codes[] = {
    {0, "all jobs succeeded", ""},
    {EXIT_CODE_MIXED, "several jobs failed for different reasons",
     "See the summary, or the table `tokenflex_etl.run`."},
    {64, "usage", "See `tokenflex-etl --help`."},
    {65, "the API's data cannot be loaded as it is",
     "The message names row, column and value. Nothing of the chunk was loaded."},
    {69, "API or database unreachable after retries", "Try again later."},
    {70, "a bug", "Report it, with the log."},
    {73, "a table or schema cannot be created",
     "Grant the role the right, or let a DBA run `tokenflex-etl init`; or a table cannot be replaced: move "
     "away what the message names."},
    {74, "the result cannot be written to stdout",
     "The work itself is complete: rows are loaded, and nothing must be repeated. See `tokenflex-etl "
     "status`."},
    {75, "try again later",
     "The request budget is spent, another runner holds the table, the service asks to wait past the job's "
     "timeout, or the run was stopped. Nothing is wrong."},
    {77, "authentication or permission",
     "Look at credentials, scopes, contract and the database's password: `tokenflex-etl auth status`."},
    {78, "settings or job definition", "See `tokenflex-etl check`."},
    {0, 0, 0},
};
