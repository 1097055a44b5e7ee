#include "job/manual.h"

const struct manual_key job_manual[] = {
    {"name", "lower-case letters, digits and `_`, a letter first", "",
     "What the job is called on the command line and in the run history. The file's name without its ending, "
     "unless given; to be given where a file holds several jobs."},
    {"description", NULL, "", "One line for people; becomes the table's comment."},
    {"enabled", NULL, "true", "Whether `tokenflex-etl run` without names takes the job."},
    {"tags", NULL, "", "Words by which `--tag` picks jobs."},
    {"contract", "a contract number, a list of them, `active` or `all`", "",
     "Whose usage. `active`: every contract that the service calls active; `all`: every one that the user "
     "sees. Each contract is loaded by itself."},

    {"query", NULL, "", "What is asked for."},
    {"query.fields", NULL, "",
     "Attributes by the service's names: the grain. A contract's own name of a custom field is taken too; "
     "`customField1` outlives a change of that name: `discover fields --contract N` shows which is which. "
     "Each combination of their values is one row, and every "
     "metric is computed for it. Change them, and every metric means something else: see `--rebuild`."},
    {"query.metrics", NULL, "",
     "What is counted for each row. `uniqueUsers` and `uniqueProducts` cannot be summed over rows."},
    {"query.usageCategory", NULL, "",
     "The kinds of usage that are asked for; all of them unless given. Fields of session or transaction "
     "level need it, and only categories in which each of these fields exists: see `discover fields`."},
    {"query.where", "a condition", "",
     "Comparisons joined by `and`, `or` and parentheses, as in SQL: `userName LIKE 'admin%'`. Text and dates "
     "stand between quotes; a quote within text is written twice, and comments are refused. There is no "
     "`not` (use `!=`), a wildcard "
     "needs three other characters, and `tokenPool`, `usageCategory`, `chargeCategory` and `usageType` take "
     "none."},
    {"query.dataset", "`contracts`, `contract_years`, `custom_field_names`, `usage_summary` or `usage_last`",
     "",
     "With the source `contract`, in place of all other keys of `query`: what the service keeps of the "
     "contract itself, one request a contract. `usage_summary` is its own total by month, contract year and "
     "usage category, `usage_last` the latest day of each usage and charge category."},

    {"window", NULL, "",
     "The days or months that a run asks for. Without it, the job asks for everything there is."},
    {"window.field", "usageDate or usageMonth", "",
     "The date that is restricted. `usageMonth` covers whole months."},
    {"window.last", "`N days`, `N weeks` or `N months`", "",
     "How far back from `window.until` it goes. Unless given, the job runs with `--from` and `--to` only."},
    {"window.until", "`today` or a date", "today",
     "The first day that is no longer asked for. `today` is the day in UTC."},
    {"window.chunk", NULL, "none",
     "How the window is cut: each chunk is a query, a transaction and a run of its own. A window of "
     "`usageMonth` is cut by month, or not at all."},
    {"window.skip_unchanged", NULL, "false",
     "`true`: a run asks the service what has moved (`GET usage/:n/last`, one request a contract for all "
     "jobs), and skips each chunk whose usage categories are as they were when its rows were asked for, as "
     "long as the table still holds these rows. The next chunks that are loaded begin where the first "
     "skipped "
     "one began. `--from`, `--again`, `--rebuild` and `reconcile --repair` skip nothing for it."},
    {"window.full_every", "`N days`, `N weeks` or `N months`", "7 days",
     "With `skip_unchanged`: what was loaded so long ago is loaded again, whether it has moved or not."},

    {"source", NULL, "auto",
     "`query`: the Query API. `export`: the Export API, which has no time limit, is the only one with "
     "session-level fields of desktop and cloud products, and needs the scope `data:write`. `auto`: the "
     "query, and the export where that "
     "will not do. `contract`: no usage, but what `query.dataset` names."},
    {"page_size", NULL, "5000",
     "Rows asked for at a time. Requests are scarce: large pages are what makes a night short."},
    {"timeout", NULL, "1h",
     "How long the whole job may take, every wait included: for the service, an export, an access token or "
     "the "
     "database. What has not ended by then ends with exit code 75."},

    {"target", NULL, "", "The table that the rows go to."},
    {"target.table", "a name of lower-case letters, digits and `_`", "",
     "The table, in the schema `database.schema` of the settings. The job's name, unless given."},
    {"target.mode", NULL, "upsert",
     "`upsert` inserts new rows and updates those that differ. `append` keeps every run's rows, told apart "
     "by "
     "`_run_id`."},
    {"target.vanished", NULL, "delete",
     "What becomes of rows of the contract and window that the result no longer has, because the service "
     "attributes their usage to others now. `delete` deletes them, so that the table's sums are the "
     "service's. `keep` keeps them: sums over the table count such usage twice."},
    {"target.snapshots", NULL, "latest",
     "For rows without a date of the window, which belong to their window as a whole. `latest`: a window "
     "that moves with the day replaces the contract's earlier ones that it overlaps; one that is given with "
     "`--from` and `--to` replaces those that lie within it, and is refused where it overlaps others; so no "
     "day counts twice. `all`: each window stands beside the others."},
    {"target.history", NULL, "false",
     "`true` keeps old versions of rows that a load changes or deletes in the table `TABLE_history`, and "
     "makes the function `TABLE_as_of(timestamptz)`, which returns the table as it was then. "
     "`run.keep_history` of the settings says for how long."},
    {"target.key", NULL, "", "The fields that identify a row; every field, unless given."},
    {"target.types", "a mapping of names to `boolean`, `integer`, `numeric`, `date`, `timestamp` or `text`",
     "", "The type of a column, by the service's name, where the catalogue says another or nothing."},
    {"target.rename", "a mapping of names to names", "",
     "The name of a column, by the service's name. In snake_case, unless given: `usageDate` is "
     "`usage_date`. Letters of any script stay, in lower case: `Größe` is `größe`."},
    {"target.on_schema_change", NULL, "evolve",
     "`evolve` adds a new column, and widens a type that has become too narrow. `fail` refuses to."},

    {"checks", NULL, "",
     "What an answer must fulfil to be loaded. One that does not is a failure, and nothing of the chunk is "
     "loaded."},
    {"checks.max_vanished", NULL, "50%",
     "How many of the rows that the table had of contract and window may vanish, new rows offset against "
     "them. It holds where there were more than 20. An empty answer where rows were is refused whatever "
     "their number. `100%`: no limit, and an empty answer deletes. Only days count that an earlier load "
     "covered after they were over (where rows are by month, months). `run --accept` lets one run pass."},
    {"checks.max_change", "a mapping of metrics to percentages", "",
     "By how much the sum of a metric may change, up or down, of the sum that the table had of contract and "
     "window: `{tokensConsumed: 30%}`. The same days count as for `max_vanished`. `run --accept` lets one "
     "run pass."},
    {"checks.min_rows", NULL, "", "How many rows the answer for a chunk must have at least."},
    {"checks.not_null", NULL, "",
     "Fields and metrics that must have a value in every row, by the service's names."},
    {"checks.in", "a mapping of names to lists of values", "",
     "The values that a field or metric may have, by the service's names: `{usageCategory: "
     "[DESKTOP_PRODUCT]}`. A row without a value passes: see `not_null`."},
    {"checks.sql", "a list of queries", "",
     "Queries of your own over the rows that are about to be loaded, the view `staged` with the table's "
     "column names: `select * from staged where tokens_consumed < 0`. Every row that one returns is a "
     "violation. They can write nothing."},

    {"reconcile", NULL, "auto",
     "`auto`: after a run the loaded months are compared with the service's own totals, at most once a day "
     "and contract, where the job's rows and filter allow it; those that differ are loaded again once. It "
     "costs one request, and never changes how the run ends. `off`: only `tokenflex-etl reconcile` compares "
     "them."},
    {0},
};
